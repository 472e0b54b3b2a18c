import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

const needsMapping = `
import { workflow } from '@crosswalk/sdk'
export const needsMapping = workflow({ name: 'needs_mapping', description: 'Reads the mapping.', category: 'Tests' }, async (ctx) => {
  await ctx.step('first act', async () => 1)
  return (await ctx.getIntegrationMapping('myintegration')).externalOrgId
})
`
const withoutConsent = `
import { BaseIntegration } from '@crosswalk/sdk'
export class WithoutConsent extends BaseIntegration {
  static integrationName = 'without_consent'
  supportsOrgMapping() { return true }
  getClient() { return {} }
  async testConnection() {
    return { success: false, message: 'Nobody has consented', details: { repair_url: 'https://login.vendor.example/consent?id=1' } }
  }
}
`
const names = ['Wayne Enterprises', 'Acme', 'Unknown There']

let installation: Installation
let browser: Browser
const ids: string[] = []

before(async () => {
  installation = await startInstallation({
    files: { 'workflows/needs-mapping.ts': needsMapping, 'integrations/without-consent.ts': withoutConsent },
  })
  await installation.giveCredentials()
  for (const name of names) ids.push(((await installation.call('POST', '/organizations', { name })) as { id: string }).id)
  await installation.call('GET', '/integrations/myintegration/discover')
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

async function runFor(orgId: string | undefined): Promise<string> {
  const body = { workflow_name: 'needs_mapping', parameters: {} }
  const answer = await installation.call('POST', '/workflows/execute', body, { 'X-Organization-Id': orgId ?? '' })
  return (answer as { execution_id: string }).execution_id
}

test('a missing mapping leads to mapping that organization, with its likely match, and the primary button continues from the failed step', async () => {
  const [wayne] = ids
  const failedId = await runFor(wayne)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${failedId}` })
  await page.getByText('Wayne Enterprises (67890) is the likely match in MyIntegration.').waitFor()
  await becomes(() => page.getByRole('link', { name: /credentials/i }).count(), 0)
  await page.getByRole('button', { name: 'Map Wayne Enterprises to Wayne Enterprises' }).click()
  const drawer = page.getByRole('dialog', { name: 'Add Integration Mapping' })
  await becomes(() => drawer.getByRole('textbox', { name: 'External organization id' }).inputValue(), '67890')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.waitFor({ state: 'hidden' })
  await page.goto(`/executions/${failedId}`)
  await page.getByRole('button', { name: 'Run again' }).click()
  const question = page.getByRole('dialog', { name: 'Run it again from the start?' })
  await question.getByText('is done a second time').waitFor()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await question.waitFor({ state: 'hidden' })
  const retry = page.getByRole('button', { name: 'Retry from the failed step' })
  await becomes(() => page.getByRole('button', { name: 'Run again' }).getAttribute('data-variant'), 'default')
  await becomes(async () => (await retry.getAttribute('data-variant')) === 'default', false)
  await retry.click()
  await page.waitForURL((url) => !url.pathname.endsWith(failedId))
  await page.getByText('Succeeded').first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('several mappings are shown where a workflow named none', async () => {
  const [wayne] = ids
  const another = { integration_name: 'myintegration', external_org_id: '555', external_org_name: 'Wayne Manor' }
  const { id } = (await installation.call('POST', `/organizations/${wayne}/integrations`, another)) as { id: string }
  const { page, context } = await openSignedIn(browser, installation, { path: `/executions/${await runFor(wayne)}` })
  const mappings = page.getByRole('list', { name: 'Mappings to MyIntegration' })
  await mappings.getByRole('link').nth(1).waitFor()
  await becomes(() => mappings.getByRole('link').allTextContents(), ['Wayne Enterprises (67890)', 'Wayne Manor (555)'])
  await mappings.getByRole('link', { name: /Wayne Manor/ }).click()
  await page.getByRole('dialog', { name: 'Edit integration mapping' }).waitFor()
  await installation.call('DELETE', `/organizations/${wayne}/integrations/${id}`)
  await context.close()
})

test('failures of a batch and on the dashboard are put together by their cause, mapped together and retried together', async () => {
  const body = { workflow_name: 'needs_mapping', parameters: {}, organizations: 'all' }
  const { batch_id: batchId } = (await installation.call('POST', '/workflows/execute', body)) as { batch_id: string }
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/batches/${batchId}` })
  const cause = page.getByRole('region', { name: '2 organizations are not mapped to MyIntegration.' })
  await cause.getByRole('link', { name: 'Unknown There' }).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.goto('/')
  const failed = page.getByRole('region', { name: 'Needs attention' }).getByRole('region', { name: 'Failed workflows' })
  await failed
    .getByRole('region', { name: '2 organizations are not mapped to MyIntegration.' })
    .getByRole('button', { name: 'Map these' })
    .click()
  await page.getByText('Only the 2 organizations that failed without a mapping.').waitFor()
  await page.getByRole('checkbox', { name: 'Map Acme' }).waitFor()
  for (const [index, external] of [
    [1, '12345'],
    [2, '777'],
  ] as const)
    await installation.call('POST', `/organizations/${ids[index]}/integrations`, {
      integration_name: 'myintegration',
      external_org_id: external,
    })
  await page.goto('/')
  await cause.getByRole('button', { name: 'Retry these' }).click()
  await page.getByText('2 are tried again.').waitFor()
  await cause.waitFor({ state: 'hidden' })
  await page.goto(`/batches/${batchId}`)
  await page.getByText('3 of 3 done').waitFor()
  await page.getByText('3 succeeded').waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a failed connection test has the link of the vendor that repairs it', async () => {
  const mapping = { integration_name: 'without_consent', external_org_id: 't1', external_org_name: 'Acme of the vendor' }
  await installation.call('POST', `/organizations/${ids[1]}/integrations`, mapping)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/organizations/${ids[1]}/integrations` })
  await page.getByRole('button', { name: 'Edit Acme of the vendor' }).click()
  await page.getByRole('button', { name: 'Test Connection' }).click()
  const link = page.getByRole('link', { name: 'Repair it at login.vendor.example' })
  await link.waitFor()
  await becomes(() => link.getAttribute('href'), 'https://login.vendor.example/consent?id=1')
  assert.deepEqual(failures, [])
  await context.close()
})
