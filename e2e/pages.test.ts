import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
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
  const unfinished = "throw new Error('Something is missing here.')"
  const folders = ['integrations', 'workflows', 'data-providers']
  installation = await startInstallation({ files: Object.fromEntries(folders.map((folder) => [`${folder}/unfinished.ts`, unfinished])) })
  await installation.giveCredentials()
  const organization = (await installation.call('POST', '/organizations', { name: 'Acme', domains: ['acme.com'] })) as { id: string }
  orgId = organization.id
  for (let number = 1; number <= 30; number++)
    await installation.call('POST', '/organizations', { name: `Customer ${String(number).padStart(2, '0')}` })
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

/** What axe finds. Its report of what is in order, which takes most of its time, is left out; no page has a frame of another origin. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
}

test('every page is there, fits on a phone, and axe finds nothing wrong with it in light and in dark colours', async () => {
  await onEach(pages(), async (page, [path, shows]) => {
    await page.goto(path)
    await page.getByText(shows).first().waitFor()
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor()
      assert.deepEqual(await violationsOf(page), [], `${path}, ${scheme}`)
    }
    await page.setViewportSize({ width: 390, height: 800 })
    const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, { timeout: 3_000 })
    await assert.doesNotReject(fits, `${path} is wider than a phone`)
    await page.setViewportSize({ width: 1280, height: 900 })
  })
})

const broken = { error: 'internal_error', message: 'Something went wrong on the server.', details: {}, request_id: 'request-7' }

test('a page holds its place while it loads; what cannot be loaded says why, with code and request id, and can be asked for again', async () => {
  const loaded = pages().filter(([path]) => !/mapping=new|^\/no\//.test(path))
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

test('a list keeps its search, its order and its page in the address: they survive a reload and the way back', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/organizations' })
  const search = page.getByRole('searchbox', { name: 'Search by name or domain' })
  await search.fill('customer')
  await page.getByText('30 organizations').waitFor()
  await page.locator('th', { hasText: 'Name' }).click()
  await page.getByRole('link', { name: 'Customer 30', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Page 2' }).click()
  const last = page.getByRole('link', { name: 'Customer 01', exact: true })
  await last.waitFor()
  await page.reload()
  await last.waitFor()
  assert.equal(await search.inputValue(), 'customer')
  await last.click()
  await page.getByRole('heading', { name: 'Customer 01', level: 1 }).waitFor()
  await page.goBack()
  await last.waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'Customer 30', exact: true }).waitFor()
  for (const [path, name, text] of [
    ['/integrations', 'Search integrations', 'myint'],
    ['/integrations/myintegration/organizations', 'Search by name or domain', 'acm'],
    [`/integrations/myintegration/discovered?org=${orgId}`, 'Search by name or id', 'wayne'],
    ['/workflows', 'Search workflows', 'tenant'],
    ['/audit', 'Action, as secret.set', 'secret.set'],
  ] as const) {
    await page.goto(path)
    await page.getByRole('searchbox', { name }).fill(text)
    await page.waitForURL((url) => [...url.searchParams.values()].includes(text))
    await page.reload()
    await page.getByRole('searchbox', { name }).waitFor()
    assert.equal(await page.getByRole('searchbox', { name }).inputValue(), text, path)
  }
  await context.close()
})

test('a secret and a config value are set, refused on their field, replaced and deleted', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/values' })
  for (const { add, kind, first, second } of [
    { add: 'Add Secret', kind: 'secret', first: 'first value', second: 'second value' },
    { add: 'Add Config', kind: 'config', first: 'https://first.example', second: '{ "second": true }' },
  ]) {
    await page.getByRole('button', { name: add }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Key' }).fill('1 bad key')
    await form.getByRole('textbox', { name: 'Value' }).fill(first)
    await form.getByRole('button', { name: 'Save' }).click()
    await form.locator('input[aria-invalid=true]').waitFor()
    await form.getByRole('textbox', { name: 'Key' }).fill(`${kind}_of_test`)
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText(`${kind}_of_test is set.`).waitFor()
    await page.getByRole('button', { name: kind === 'secret' ? 'Replace secret_of_test' : 'Edit config_of_test' }).click()
    assert.equal(await form.getByRole('textbox', { name: 'Value' }).inputValue(), kind === 'secret' ? '' : first)
    await form.getByRole('textbox', { name: 'Value' }).fill(second)
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'hidden' })
    if (kind === 'config') await page.getByText('{"second":true}').waitFor()
    assert.equal(await page.getByText(/(first|second) value/).count(), 0)
    await page.getByRole('button', { name: `Delete ${kind}_of_test` }).click()
    await page
      .getByRole('dialog', { name: `Delete ${kind}_of_test?` })
      .getByRole('button', { name: 'Delete' })
      .click()
    await page.getByText(`${kind}_of_test was deleted.`).waitFor()
    await page.getByRole('button', { name: `Delete ${kind}_of_test` }).waitFor({ state: 'hidden' })
  }
  assert.deepEqual(failures, [])
  await context.close()
})

test('an organization is refused on its fields, then added, and deactivated', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/organizations' })
  await page.getByRole('button', { name: 'Add Organization' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: 'Add Organization' }).click()
  await form.getByText('Give the organization a name.').waitFor()
  await form.getByRole('textbox', { name: 'Name' }).fill('Refused at first')
  const domains = form.getByLabel('Domains').first()
  await domains.fill('no:domain')
  await domains.press('Enter')
  await form.getByRole('button', { name: 'Add Organization' }).click()
  await form.locator('input[aria-invalid=true]').waitFor()
  await domains.press('Backspace')
  await form.getByRole('button', { name: 'Add Organization' }).click()
  await page.getByRole('heading', { name: 'Refused at first', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('Deactivated', { exact: true }).first().waitFor()
  assert.deepEqual(failures, [])
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

test('a failed refresh takes no rows off the screen', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/audit' })
  await page.clock.install()
  await page.goto('/executions')
  const row = page.getByRole('link', { name: 'sync_users', exact: true }).first()
  await row.waitFor()
  await page.route('**/api/executions?*', (route) => route.fulfill({ status: 500, json: broken }))
  await page.clock.fastForward('01:00')
  await page.getByText('The list may be out of date').waitFor()
  await row.waitFor()
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
