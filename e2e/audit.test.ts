import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { until } from '../server/testing/until.ts'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

/** Takes no event of the audit. */
const webhook = createServer((_request, response) => response.writeHead(503).end())
let installation: Installation
let browser: Browser
let orgId: string
let mappingId: string

before(async () => {
  await once(webhook.listen(0, '127.0.0.1'), 'listening')
  const { port } = webhook.address() as AddressInfo // it listens on a port
  installation = await startInstallation({
    environment: {
      CROSSWALK_INTEGRATIONS: 'halopsa',
      CROSSWALK_AUDIT_WEBHOOK: `http://127.0.0.1:${port}/`,
      CROSSWALK_AUDIT_WEBHOOK_SECRET: 'a secret of many characters',
    },
  })
  await installation.giveCredentials()
  const add = async (name: string) => ((await installation.call('POST', '/organizations', { name })) as { id: string }).id
  orgId = await add('Acme')
  const otherId = await add('Globex')
  const map = async (id: string, external: string) => {
    const body = { integration_name: 'myintegration', external_org_id: external, external_org_name: `${external} Corp` }
    return ((await installation.call('POST', `/organizations/${id}/integrations`, body)) as { id: string }).id
  }
  mappingId = await map(orgId, '12345')
  await map(otherId, '67890')
  await installation.call('PATCH', `/organizations/${orgId}/integrations/${mappingId}`, { external_org_name: 'Acme Holding' })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
  webhook.close()
})

test('who changed a mapping, and when, is answered from the mapping itself', async () => {
  const path = `/organizations/${orgId}/integrations?mapping=${mappingId}`
  const { page, context, failures } = await openSignedIn(browser, installation, { path })
  await page
    .getByRole('dialog', { name: 'Edit integration mapping' })
    .getByRole('link', { name: /^Changed by Administrator key, / })
    .click()
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
  await rows.filter({ hasText: 'Mapping changed' }).getByText('Administrator key').waitFor()
  await becomes(() => rows.count(), 2, 'created and changed, and nothing of another mapping')
  const today = await page.evaluate(() => {
    const now = new Date()
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
  })
  await page.getByLabel('From').fill(today)
  await page.getByLabel('Until').fill(today)
  await rows.filter({ hasText: 'Mapping changed' }).waitFor()
  await page.getByLabel('From').fill('2020-01-01')
  await page.getByLabel('Until').fill('2020-01-02')
  await page.getByText('Nothing found').waitFor()
  await page.reload()
  await page.getByText('Nothing found').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await rows.filter({ hasText: 'Signed in' }).first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('an organization, a schedule and a value say who changed them last, and lead to their history', async () => {
  await installation.call('PUT', '/schedules/discover_all', { cron: '0 5 * * *' })
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/organizations/${orgId}` })
  await page.getByRole('link', { name: /^Added by Administrator key, / }).click()
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
  await rows.filter({ hasText: 'Organization' }).first().waitFor()
  await becomes(() => rows.count(), 1)
  await page.goto('/schedules?edit=discover_all')
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /^Changed by Administrator key, / })
    .click()
  await rows.filter({ hasText: 'Schedule' }).first().waitFor()
  await page.goto('/values')
  await page
    .getByRole('row', { name: /myintegration_api_key/ })
    .getByRole('link', { name: / by Administrator key$/ })
    .click()
  await rows.filter({ hasText: 'Secret' }).first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a field, a role, a person, an integration, a batch, an execution and the ways to sign in say who changed them last', async () => {
  await installation.call('POST', '/organization-fields', { name: 'tier', label: 'Tier', type: 'text', is_required: false })
  await installation.call('POST', '/roles', { name: 'mappers', description: 'Those who map.', permissions: ['canManageMappings'] })
  const { person } = (await installation.call('POST', '/people', { name: 'Ada', email: 'ada@msp.example', grants: [] })) as {
    person: { id: string }
  }
  await installation.call('PATCH', '/integrations/halopsa', { is_on: false })
  await installation.call('PUT', '/sign-in-settings', { second_factor: 'everyone', single_sign_on: null })
  installation.vendor.faults.slow(60_000)
  const order = { workflow_name: 'sync_users', parameters: {}, organizations: 'all' }
  const { batch_id: batchId } = (await installation.call('POST', '/workflows/execute', order)) as { batch_id: string }
  await installation.call('POST', `/batches/${batchId}/pause`)
  const ordered = await until('an execution of the batch', async () => {
    const { executions } = (await installation.call('GET', `/batches/${batchId}/executions`)) as { executions: { execution_id: string }[] }
    return executions.find(({ execution_id: id }) => id !== null)
  })
  await installation.call('POST', `/executions/${ordered.execution_id}/cancel`)
  installation.vendor.faults.clear()
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/settings/fields?edit=tier' })
  const by = (words: string) => page.getByRole('link', { name: new RegExp(`^${words} by Administrator key, `) })
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
  await by('Added').click()
  await rows.filter({ hasText: 'Custom field Tier' }).getByRole('cell').first().click()
  await page.getByRole('link', { name: 'Custom field Tier' }).click()
  await page.getByRole('dialog', { name: 'Edit Tier' }).waitFor()
  for (const [path, words, name] of [
    ['/settings/roles?edit=mappers', 'Added', 'Role mappers'],
    [`/people?edit=${person.id}`, 'Added', 'Person Ada'],
    ['/integrations/halopsa', 'Switched off', 'Integration HaloPSA'],
    ['/people/sign-in', 'Changed', 'How people sign in'],
    [`/batches/${batchId}`, 'Paused', 'Batch'],
    [`/executions/${ordered.execution_id}`, 'Cancelled', 'Execution'],
  ] as const) {
    await page.goto(path)
    await by(words).click()
    await rows.filter({ hasText: name }).first().waitFor()
  }
  assert.deepEqual(failures, [])
  await context.close()
})

test('an event is found by plain words, leads to what it was done to, and the list is downloaded as it is narrowed', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/audit' })
  await page.getByRole('searchbox', { name: 'Search actions and targets' }).fill('mapping changed')
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
  await rows.filter({ hasText: 'Signed in' }).first().waitFor({ state: 'hidden' })
  await becomes(() => rows.count(), 1)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download CSV' }).click()
  const text = await readFile(await (await downloading).path(), 'utf8')
  assert.match(text, /^\ufefftime,who,.*\r\n[^\r]*,Mapping changed,integration_mapping\.updated,Acme,[^\r]*\r\n$/)
  await rows.first().getByRole('cell').first().click()
  await page.getByRole('cell', { name: 'Acme Holding', exact: true }).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('link', { name: 'Mapping Acme Holding' }).click()
  await page.getByRole('dialog', { name: 'Edit integration mapping' }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('the audit page says where events do not arrive, and why', async () => {
  await until('the webhook has refused events', async () => {
    const { sinks } = (await installation.call('GET', '/audit/sinks')) as { sinks: { last_error: string | null }[] }
    return sinks.some(({ last_error }) => last_error !== null)
  })
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/audit' })
  const notice = page.getByRole('status').filter({ hasText: 'The audit does not arrive at the webhook' })
  await notice.getByText(/waits? to be sent\. .*503/).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  assert.deepEqual(failures, [])
  await context.close()
})
