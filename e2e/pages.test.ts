import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsInBothSchemes, violationsOf } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string
let executionId: string
let failedId: string
let batchId: string

/** Runs a workflow to its end. */
async function runWorkflow(name: string, parameters: Record<string, unknown>): Promise<string> {
  const body = { workflow_name: name, parameters }
  const answer = (await installation.call('POST', '/workflows/execute', body, { 'X-Organization-Id': orgId })) as { execution_id: string }
  return answer.execution_id
}

before(async () => {
  const unfinished = "throw new Error('Something is missing here.')"
  const folders = ['integrations', 'workflows', 'data-providers']
  installation = await startInstallation({ files: Object.fromEntries(folders.map((folder) => [`${folder}/unfinished.ts`, unfinished])) })
  await installation.giveCredentials()
  const organization = (await installation.call('POST', '/organizations', { name: 'Acme', domains: ['acme.com'] })) as { id: string }
  orgId = organization.id
  await installation.call('GET', `/integrations/myintegration/discover?orgId=${orgId}`)
  await installation.call('POST', `/organizations/${orgId}/integrations`, {
    integration_name: 'myintegration',
    external_org_id: '12345',
    external_org_name: 'Acme Corp',
  })
  executionId = await runWorkflow('sync_users', {})
  failedId = await runWorkflow('sync_users_from_tenant', { tenant_name: 'no such mapping' })
  const batch = (await installation.call('POST', '/workflows/execute', {
    workflow_name: 'sync_users',
    parameters: {},
    organizations: 'all',
  })) as { batch_id: string }
  batchId = batch.batch_id
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** Every page, and something that is on it once it is there. */
const pages = (): [path: string, shows: string][] => [
  ['/', 'Executions over time'],
  ['/organizations', 'acme.com'],
  [`/organizations/${orgId}`, 'Last workflow runs'],
  [`/organizations/${orgId}/integrations`, 'Never tested'],
  [`/organizations/${orgId}/integrations?mapping=new&integration=myintegration`, 'Test Connection'],
  [`/organizations/${orgId}/values`, 'Add secret'],
  [`/organizations/${orgId}/executions`, 'sync_users_from_tenant'],
  ['/integrations', 'Integration Mapping Enabled'],
  ['/integrations/myintegration', 'Credentials and config'],
  ['/integrations/myintegration/organizations', 'Acme Corp'],
  [`/integrations/myintegration/discovered?org=${orgId}`, 'Wayne Enterprises'],
  [`/integrations/myintegration/history?org=${orgId}`, 'Succeeded'],
  ['/mappings', 'Acme Corp'],
  ['/mappings?attention=gone', 'Nothing here needs attention'],
  ['/integrations/myintegration/organizations?show=unmapped', 'Every organization is mapped'],
  ['/workflows', 'User Management'],
  [`/workflows/sync_users_from_tenant?org=${orgId}`, 'Tenant'],
  ['/workflows/sync_users?for=all', 'It runs for'],
  ['/schedules', 'Test of all mappings'],
  ['/schedules?edit=sync_users', 'When, as a cron expression'],
  ['/batches', 'sync_users'],
  [`/batches/${batchId}`, 'Organizations'],
  ['/approvals', 'Nothing waits for you'],
  ['/approvals?view=decided', 'Nothing was decided yet'],
  ['/executions', 'sync_users_from_tenant'],
  [`/executions/${executionId}`, 'myintegration.listUsers'],
  [`/executions/${failedId}`, 'mapping_not_found'],
  [`/data-providers?org=${orgId}`, 'Try it'],
  ['/values', 'myintegration_api_key'],
  ['/settings/keys', 'No keys yet'],
  ['/settings/keys?add=yes', 'Role and reach'],
  ['/settings/roles', 'technician'],
  ['/settings/roles?add=yes', 'canViewAudit'],
  ['/audit', 'Organization created'],
  ['/sign-in', 'Administrator key'],
  ['/no/such/page', 'There is no such page'],
]

/** Does something with each page's address, a few at a time in one browser. */
async function onEach<Item>(items: readonly Item[], look: (page: Page, item: Item) => Promise<void>): Promise<void> {
  const rest = [...items]
  const lane = async () => {
    const { page, failures, context } = await openSignedIn(browser, installation)
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await look(page, item)
    assert.deepEqual(failures, [])
    await context.close()
  }
  await Promise.all([lane(), lane(), lane()])
}

test('every page is there, fits on a phone, and axe finds nothing wrong with it in light and in dark colours', async () => {
  await onEach(pages(), async (page, [path, shows]) => {
    await page.goto(path)
    await page.getByText(shows).first().waitFor()
    assert.deepEqual(await violationsInBothSchemes(page), [], path)
    await page.setViewportSize({ width: 390, height: 800 })
    const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, { timeout: 30_000 })
    await assert.doesNotReject(fits, `${path} is wider than a phone`)
    await page.setViewportSize({ width: 1280, height: 900 })
  })
})

const broken = { error: 'internal_error', message: 'Something went wrong on the server.', details: {}, request_id: 'request-7' }

test('a page holds its place while it loads; what cannot be loaded says why, with code and request id, and can be asked for again', async () => {
  const loaded = pages().filter(([path]) => !/mapping=new|^\/(no|sign-in)/.test(path))
  await onEach(loaded, async (page, [path, shows]) => {
    const held = Promise.withResolvers<void>()
    const api = /\/api\/(?!session)/
    await page.route(api, async (route) => {
      await held.promise
      await route.fulfill({ status: 500, json: broken })
    })
    await page.goto(path)
    await page
      .getByRole('status', { name: /^Loading/ })
      .first()
      .waitFor()
    held.resolve()
    await page.getByText('internal_error').first().waitFor()
    await page.getByText('request request-7').first().waitFor()
    if (path === '/organizations') assert.deepEqual(await violationsOf(page), [])
    await page.unroute(api)
    const there = page.getByText(shows).first()
    const again = page.getByRole('button', { name: 'Try again' }).first()
    // A page may have several parts, each with its own.
    while (!(await there.isVisible())) {
      await there.or(again).first().waitFor()
      if (await again.isEnabled({ timeout: 1_000 }).catch(() => false)) await again.click({ timeout: 1_000 }).catch(() => {})
    }
  })
})

test('a file of the workspace that cannot be loaded is named with the reason', async () => {
  await onEach(['/integrations', '/workflows', '/data-providers'], async (page, path) => {
    await page.goto(path)
    await page.getByText('A file of the workspace could not be loaded').waitFor()
    await page.getByText(`${path.slice(1)}/unfinished.ts`, { exact: true }).waitFor()
    await page.getByText('Something is missing here.').waitFor()
  })
})

/** The bytes of a file as they travel to a browser that takes gzip and nothing better. */
async function bytesOf(url: string): Promise<number> {
  const [response] = (await once(get(url, { headers: { 'accept-encoding': 'gzip, deflate' } }), 'response')) as [IncomingMessage]
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length // a response without an encoding gives buffers
  return bytes
}

test('the scripts of the first page are at most 350 KB, compressed as they are served', async () => {
  const context = await browser.newContext({ baseURL: installation.url })
  const page = await context.newPage()
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.goto('/sign-in?next=/organizations')
  await page.getByRole('textbox', { name: 'Administrator key' }).fill(installation.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Acme' }).waitFor()
  const total = (await Promise.all([...scripts].map(bytesOf))).reduce((sum, size) => sum + size, 0)
  assert.ok(total > 50_000 && total <= 350_000, `${total} bytes`)
  await context.close()
})
