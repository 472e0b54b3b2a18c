import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string

before(async () => {
  installation = await startInstallation()
  await installation.giveCredentials()
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  for (let number = 1; number <= 30; number++)
    await installation.call('POST', '/organizations', { name: `Customer ${String(number).padStart(2, '0')}` })
  await installation.call('GET', `/integrations/myintegration/discover?orgId=${orgId}`)
  const mapping = { integration_name: 'myintegration', external_org_id: '12345', external_org_name: 'Acme Corp' }
  await installation.call('POST', `/organizations/${orgId}/integrations`, mapping)
  await installation.call('POST', '/workflows/execute', { workflow_name: 'sync_users', parameters: {} }, { 'X-Organization-Id': orgId })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

test('a list keeps its search, its order and its page in the address: they survive a reload and the way back', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/organizations' })
  const search = page.getByRole('searchbox', { name: 'Search by name or domain' })
  await search.fill('customer')
  await page.getByText('30 organizations').waitFor()
  await page.locator('th', { hasText: 'Name' }).click()
  await page.getByRole('link', { name: 'Customer 30', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  const last = page.getByRole('link', { name: 'Customer 01', exact: true })
  await last.waitFor()
  await page.reload()
  await last.waitFor()
  await becomes(() => search.inputValue(), 'customer')
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
    ['/audit', 'Search actions and targets', 'secret set'],
    ['/mappings', 'Search organizations and ids', 'acm'],
  ] as const) {
    await page.goto(path)
    await page.getByRole('searchbox', { name }).fill(text)
    await page.waitForURL((url) => [...url.searchParams.values()].includes(text))
    await page.reload()
    await page.getByRole('searchbox', { name }).waitFor()
    await becomes(() => page.getByRole('searchbox', { name }).inputValue(), text, path)
  }
  await context.close()
})

test('a secret and a config value are set, refused on their field, replaced and deleted', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/values' })
  for (const { add, kind, first, second } of [
    { add: 'Add secret', kind: 'secret', first: 'first value', second: 'second value' },
    { add: 'Add config', kind: 'config', first: 'https://first.example', second: '{ "second": true }' },
  ]) {
    await page.getByRole('button', { name: add }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('combobox', { name: 'Key' }).fill('1 bad key')
    await form.getByRole('textbox', { name: 'Value' }).fill(first)
    await form.getByRole('button', { name: 'Save' }).click()
    await form.locator('input[aria-invalid=true]').waitFor()
    await form.getByRole('combobox', { name: 'Key' }).fill(`${kind}_of_test`)
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText(`${kind}_of_test is set.`).waitFor()
    await page.getByRole('button', { name: kind === 'secret' ? 'Replace secret_of_test' : 'Edit config_of_test' }).click()
    await becomes(() => form.getByRole('textbox', { name: 'Value' }).inputValue(), kind === 'secret' ? '' : first)
    await form.getByRole('textbox', { name: 'Value' }).fill(second)
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'hidden' })
    if (kind === 'config') await page.getByText('{"second":true}').waitFor()
    await becomes(() => page.getByText(/(first|second) value/).count(), 0)
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

test('a secret tells what it was, returns to it, and warns before it expires', async () => {
  const key = 'secret_with_versions'
  for (const value of ['one', 'two']) await installation.call('POST', '/secrets', { key, value, scope: 'global' })
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/values', width: 390 })
  await page.getByRole('button', { name: `Details of ${key}` }).click()
  const details = page.getByRole('dialog', { name: `Secret ${key}` })
  await details.getByRole('button', { name: 'Return to version 1' }).click()
  await page.getByRole('dialog', { name: 'Return to version 1?' }).getByRole('button', { name: 'Return' }).click()
  await details.getByRole('button', { name: 'Return to version 2' }).waitFor()
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await details.getByLabel('Expires').fill(tomorrow)
  await details.getByRole('button', { name: 'Save expiry' }).click()
  await page.getByText(`The expiry of ${key} is set.`).waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.goto('/')
  await page.getByRole('link', { name: key }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('the keys that integrations read are suggested, and deleting one says which integration needs it', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/values' })
  await page.getByRole('button', { name: 'Delete myintegration_api_key' }).click()
  const question = page.getByRole('dialog', { name: 'Delete myintegration_api_key?' })
  await question.getByText('MyIntegration cannot be used any more, unless an organization has one of its own.').waitFor()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Add secret' }).click()
  const key = page.getByRole('combobox', { name: 'Key' })
  await key.fill('my')
  await becomes(() => page.getByRole('option').count(), 0, 'what is set already is not suggested')
  await page.goto(`/organizations/${orgId}/values`)
  await page.getByRole('button', { name: 'Add secret' }).click()
  await key.fill('my')
  await page.getByRole('option', { name: 'MyIntegration: API key' }).click()
  await becomes(() => key.inputValue(), 'myintegration_api_key')
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('textbox', { name: 'Value' }).fill('pasted ')
  await page.getByRole('button', { name: 'Remove the space' }).click()
  await becomes(() => page.getByRole('textbox', { name: 'Value' }).inputValue(), 'pasted')
  assert.deepEqual(failures, [])
  await context.close()
})

test('who deletes a value before the integrations are there is told what is lost all the same', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation)
  const held = Promise.withResolvers<void>()
  await page.route(/\/api\/integrations(\?|$)/, async (route) => {
    await held.promise
    await route.continue()
  })
  await page.goto('/values')
  await page.getByRole('button', { name: 'Delete myintegration_api_key' }).click()
  held.resolve()
  const question = page.getByRole('dialog', { name: 'Delete myintegration_api_key?' })
  await question.getByText('MyIntegration cannot be used any more, unless an organization has one of its own.').waitFor()
  await question.getByRole('button', { name: 'Cancel' }).click()
  assert.deepEqual(failures, [])
  await context.close()
})

test('an organization is refused on its fields, then added, and deactivated', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/organizations' })
  await page.getByRole('button', { name: 'Add organization' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: 'Add organization' }).click()
  await form.getByText('Give the organization a name.').waitFor()
  await form.getByRole('textbox', { name: 'Name' }).fill('Refused at first')
  const domains = form.getByLabel('Domains').first()
  await domains.fill('no:domain')
  await domains.press('Enter')
  await form.getByRole('button', { name: 'Add organization' }).click()
  await form.locator('input[aria-invalid=true]').waitFor()
  await domains.press('Backspace')
  await form.getByRole('button', { name: 'Add organization' }).click()
  await page.getByRole('heading', { name: 'Refused at first', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Deactivate organization' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate organization' }).click()
  await page.getByText('Deactivated', { exact: true }).first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('nothing can be begun for a deactivated organization, and each button says why', async () => {
  const { id } = (await installation.call('POST', '/organizations', { name: 'Resting' })) as { id: string }
  const mapping = { integration_name: 'myintegration', external_org_id: '67890', external_org_name: 'Wayne' }
  await installation.call('POST', `/organizations/${id}/integrations`, mapping)
  await installation.call('DELETE', `/organizations/${id}`)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/organizations/${id}/integrations` })
  await page.getByRole('button', { name: 'Activate organization' }).waitFor()
  const isRefused = async (name: string) => {
    const button = page.getByRole('button', { name, exact: true })
    await button.waitFor()
    await becomes(() => button.getAttribute('aria-disabled'), 'true', name)
    await button.hover()
    const why = page.getByRole('tooltip', { name: 'The organization is deactivated.' })
    await why.waitFor()
    await page.mouse.move(0, 0)
    await why.waitFor({ state: 'hidden' })
  }
  for (const name of ['Test Wayne', 'Edit Wayne', 'Add Integration Mapping', 'Run a workflow']) await isRefused(name)
  await page.getByRole('button', { name: 'Deactivate Wayne' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('button', { name: 'Show all' }).click()
  await isRefused('Activate Wayne')
  await page.getByRole('tab', { name: 'Overview' }).click()
  await isRefused('Choose a workflow to run')
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
  await page.route('**/api/executions?*', (route) =>
    route.fulfill({ status: 500, json: { error: 'internal_error', message: 'Broken.', details: {}, request_id: 'r' } }),
  )
  await page.clock.fastForward('01:00')
  await page.getByText('The list may be out of date').waitFor()
  await row.waitFor()
  await context.close()
})

test('the palette reaches an organization with its name and Enter, also when Enter is pressed before the results are there', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows' })
  const input = page.getByRole('textbox', { name: 'Go to' }).or(page.getByRole('searchbox', { name: 'Go to' }))
  await page.keyboard.press('Control+K')
  await page.getByRole('dialog', { name: 'Go to' }).waitFor()
  await input.fill('acm')
  await page.locator('[data-selected]', { hasText: 'Acme' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Acme', level: 1 }).waitFor()

  await page.goto('/workflows')
  await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor()
  const late = await installation.call('GET', '/organizations?search=Acme')
  const held = Promise.withResolvers<void>()
  await page.route('**/api/organizations?*search=late*', async (route) => {
    await held.promise
    await route.fulfill({ json: late })
  })
  await page.keyboard.press('Control+K')
  await input.fill('late')
  await page.getByText('Searching…').waitFor()
  await page.keyboard.press('Enter')
  held.resolve()
  await page.getByRole('heading', { name: 'Acme', level: 1 }).waitFor()
  await context.close()
})

test('what is not for people is left out of a form, and keeps its value', async () => {
  const { id } = (await installation.call('POST', '/organizations', { name: 'Hidden value' })) as { id: string }
  const mapping = { integration_name: 'myintegration', external_org_id: '777', mapping_data: { auto_created: true } }
  const { id: mappingId } = (await installation.call('POST', `/organizations/${id}/integrations`, mapping)) as { id: string }
  const { page, context } = await openSignedIn(browser, installation, { path: `/organizations/${id}/integrations?mapping=${mappingId}` })
  await page.getByRole('textbox', { name: 'API base URL' }).fill('https://acme.example')
  await becomes(() => page.getByRole('dialog').getByRole('checkbox').count(), 0)
  assert.equal(
    await page
      .getByText(/auto.created/i)
      .filter({ visible: true })
      .count(),
    0,
  )
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  const { mappings } = (await installation.call('GET', `/organizations/${id}/integrations`)) as { mappings: { mapping_data: object }[] }
  assert.deepEqual(
    mappings.map(({ mapping_data }) => mapping_data),
    [{ api_base_url: 'https://acme.example', auto_created: true }],
  )
  await context.close()
})

test('adding an organization says when there is one of that name, and asks before what was entered is lost', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/organizations' })
  await page.getByRole('button', { name: 'Add organization' }).click()
  const form = page.getByRole('dialog', { name: 'Add organization' })
  await form.getByRole('textbox', { name: 'Name' }).fill('acme')
  await form.getByText('There is one of this name already').waitFor()
  await form.getByRole('textbox', { name: 'Microsoft 365 tenant id' }).fill('<script>')
  await form.getByText('This looks like no tenant id').waitFor()
  await page.goBack()
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Stay here' }).click()
  await becomes(() => form.getByRole('textbox', { name: 'Name' }).inputValue(), 'acme')
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Leave' }).click()
  await form.waitFor({ state: 'hidden' })
  await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a sign-in link that is opened again by who is signed in leads on', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows' })
  const { token } = (await installation.call('POST', '/session/tokens')) as { token: string }
  await page.goto(`/sign-in#token=${token}`)
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
  await page.goto('/workflows')
  await page.goto(`/sign-in#token=${token}`)
  await page.getByText('You are signed in already').waitFor()
  await page.getByRole('link', { name: 'Continue to Crosswalk' }).click()
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
  await context.close()
})
