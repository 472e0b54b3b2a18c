import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string
let executionId: string
let failedId: string

/** Runs a workflow to its end. */
async function runWorkflow(name: string, parameters: Record<string, unknown>): Promise<string> {
  const body = { workflow_name: name, parameters }
  const answer = (await installation.call('POST', '/workflows/execute', body, { 'X-Organization-Id': orgId })) as { execution_id: string }
  return answer.execution_id
}

before(async () => {
  installation = await startInstallation()
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
  [`/organizations/${orgId}/values`, 'Add Secret'],
  [`/organizations/${orgId}/executions`, 'sync_users_from_tenant'],
  ['/integrations', 'Integration Mapping Enabled'],
  ['/integrations/myintegration', 'Credentials and config'],
  ['/integrations/myintegration/organizations', 'Acme Corp'],
  [`/integrations/myintegration/discovered?org=${orgId}`, 'Wayne Enterprises'],
  [`/integrations/myintegration/history?org=${orgId}`, 'Succeeded'],
  ['/workflows', 'User Management'],
  [`/workflows/sync_users_from_tenant?org=${orgId}`, 'Tenant'],
  ['/executions', 'sync_users_from_tenant'],
  [`/executions/${executionId}`, 'myintegration.listUsers'],
  [`/executions/${failedId}`, 'mapping_not_found'],
  [`/data-providers?org=${orgId}`, 'Try it'],
  ['/values', 'myintegration_api_key'],
  ['/audit', 'organization.created'],
  ['/no/such/page', 'There is no such page'],
]

async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
}

for (const scheme of ['light', 'dark'] as const) {
  test(`every page is there, and axe finds nothing wrong with it, in ${scheme} colours`, async () => {
    const { page, failures, context } = await openSignedIn(browser, installation, { scheme })
    for (const [path, shows] of pages()) {
      await page.goto(path)
      await page.getByText(shows).first().waitFor()
      assert.deepEqual(await violationsOf(page), [], path)
    }
    assert.deepEqual(failures, [])
    await context.close()
  })
}

test('no page is wider than a phone', async () => {
  const { page, context } = await openSignedIn(browser, installation, { width: 390, height: 800 })
  for (const [path, shows] of pages()) {
    await page.goto(path)
    await page.getByText(shows).first().waitFor()
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(tooWide <= 0, `${path} is ${tooWide} px too wide`)
  }
  await context.close()
})

test('signing in needs the right key, leads to the page that was asked for, and ends with signing out', async () => {
  const context = await browser.newContext({ baseURL: installation.url })
  const page = await context.newPage()
  await page.goto('/audit')
  const key = page.getByRole('textbox', { name: 'Administrator key' })
  await key.fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This is not the administrator key of this installation.').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await key.fill(installation.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Audit' }).waitFor()
  const [cookie] = await context.cookies()
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict'])
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await key.waitFor()
  await page.goto('/audit')
  await key.waitFor()
  await context.close()
})

test('a list that cannot be loaded says why, with code and request id, and can be asked for again', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows' })
  const broken = { error: 'internal_error', message: 'Something went wrong on the server.', details: {}, request_id: 'request-7' }
  await page.route('**/api/organizations?*', (route) => route.fulfill({ status: 500, json: broken }))
  await page.getByRole('link', { name: 'Organizations' }).click()
  await page.getByText('The organizations could not be loaded').waitFor()
  await page.getByText('internal_error').waitFor()
  await page.getByText('request request-7').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.unroute('**/api/organizations?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('link', { name: 'Acme' }).waitFor()
  await context.close()
})

test('while a list is loading, its place is held, and a failed refresh takes no rows away', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows' })
  const answered = Promise.withResolvers<void>()
  await page.route('**/api/executions?*', async (route) => {
    await answered.promise
    await route.continue()
  })
  await page.getByRole('link', { name: 'Executions' }).click()
  await page.getByRole('status', { name: 'Loading executions' }).waitFor()
  answered.resolve()
  await page.getByRole('link', { name: 'sync_users', exact: true }).first().waitFor()
  await page.unroute('**/api/executions?*')
  await page.route('**/api/executions?*', (route) =>
    route.fulfill({ status: 500, json: { error: 'internal_error', message: 'Broken.', details: {}, request_id: 'r' } }),
  )
  await page.getByText('The list may be out of date').waitFor({ timeout: 20_000 })
  await page.getByRole('link', { name: 'sync_users', exact: true }).first().waitFor()
  await context.close()
})

test('the palette reaches an organization by its name, with the keyboard alone', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows' })
  await page.keyboard.press('Control+K')
  await page
    .getByRole('textbox', { name: 'Go to' })
    .or(page.getByRole('searchbox', { name: 'Go to' }))
    .fill('acm')
  await page.getByRole('button', { name: /Acme/ }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Acme', level: 1 }).waitFor()
  await context.close()
})

test('the scripts of the first page are at most 350 KB, compressed', async () => {
  const context = await browser.newContext({ baseURL: installation.url })
  const page = await context.newPage()
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') sizes.push(response.body().then((body) => gzipSync(body).length))
  })
  await page.goto('/sign-in?next=/organizations')
  await page.getByRole('textbox', { name: 'Administrator key' }).fill(installation.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Acme' }).waitFor()
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  assert.ok(total <= 350_000, `${total} bytes`)
  await context.close()
})
