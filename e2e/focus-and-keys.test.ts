import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
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
  await installation.call('POST', '/organizations', { name: 'Globex' })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** What has the focus, by its text or its name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return 'body'
    return element.getAttribute('aria-label') ?? element.textContent ?? ''
  })

async function waitForFocus(page: Page, text: string): Promise<void> {
  await page
    .waitForFunction((wanted) => {
      const element = document.activeElement
      return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').includes(wanted)
    }, text)
    .catch(async () => assert.fail(`The focus is at ${await focused(page)}, not at ${text}.`))
}

test('what is typed right after Ctrl+K is in the palette, however late it comes', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/workflows' })
  const held = Promise.withResolvers<void>()
  await page.route(/command-palette/, async (route) => {
    await held.promise
    await route.continue()
  })
  await page.reload()
  await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor()
  await page.keyboard.press('Control+K')
  await page.keyboard.type('globexx')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  held.resolve()
  await page.getByRole('heading', { name: 'Globex', level: 1 }).waitFor()
  await page.keyboard.press('Control+K')
  await page.keyboard.type('acme')
  const input = page.getByRole('textbox', { name: 'Go to' }).or(page.getByRole('searchbox', { name: 'Go to' }))
  await page.locator('[data-selected]', { hasText: 'Acme' }).waitFor()
  await becomes(() => input.inputValue(), 'acme')
  assert.deepEqual(failures, [])
  await context.close()
})

test('the focus continues in the list that was discovered, and comes back to the button that tested or was refused', async () => {
  const path = `/organizations/${orgId}/integrations?mapping=new&integration=myintegration`
  const { page, context, failures } = await openSignedIn(browser, installation, { path })
  const drawer = page.getByRole('dialog', { name: 'Add Integration Mapping' })
  await drawer.getByRole('button', { name: 'Discover Organizations' }).press('Enter')
  await waitForFocus(page, 'Search the external organizations')
  await drawer.getByRole('option', { name: /Wayne/ }).click()
  await drawer.getByRole('button', { name: 'Test Connection' }).press('Enter')
  await drawer.getByText('Successfully connected').waitFor()
  await waitForFocus(page, 'Test Connection')
  await page.route('**/api/organizations/*/integrations', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 500, json: { error: 'internal_error', message: 'Broken.', details: {}, request_id: 'r' } })
      : route.continue(),
  )
  await drawer.getByRole('button', { name: 'Save' }).press('Enter')
  await drawer.getByText('The mapping was not saved').waitFor()
  await waitForFocus(page, 'Save')
  assert.deepEqual(failures, [])
  await context.close()
})

test('a field that is refused gets the focus', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/organizations?add=yes' })
  const form = page.getByRole('dialog', { name: 'Add organization' })
  await form.getByRole('textbox', { name: 'Name' }).fill('Refused')
  const domains = form.getByLabel('Domains').first()
  await domains.fill('no:domain')
  await domains.press('Enter')
  await form.getByRole('button', { name: 'Add organization' }).click()
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
  await becomes(() => domains.evaluate((field) => field === document.activeElement), true)
  await context.close()
})

test('who changed an organization while its form was open is said, with what changed, and either is kept as the person chooses', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/organizations/${orgId}` })
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const form = page.getByRole('dialog', { name: 'Edit Acme' })
  await form.getByRole('textbox', { name: 'Name' }).fill('Acme mine')
  await installation.call('PATCH', `/organizations/${orgId}`, { domains: ['theirs.example'] })
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Changed by someone else meanwhile').waitFor()
  await form.getByText(/Administrator key changed it/).waitFor()
  await form.getByText('Domains: nothing → theirs.example').waitFor()
  await form.getByRole('button', { name: 'Save mine anyway' }).click()
  await form.waitFor({ state: 'hidden' })
  await page.getByRole('heading', { name: 'Acme mine', level: 1 }).waitFor()
  const saved = (await installation.call('GET', `/organizations/${orgId}`)) as { name: string }
  assert.equal(saved.name, 'Acme mine')
  assert.deepEqual(failures, [])
  await context.close()
})

test('a list of many organizations reads one page, and a workflow without a schedule is no failure', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/values' })
  const asked: string[] = []
  page.on('response', (answer) => asked.push(`${answer.status()} ${new URL(answer.url()).pathname}`))
  await page.goto('/organizations')
  await page.getByRole('link', { name: 'Globex', exact: true }).waitFor()
  assert.equal(asked.filter((answer) => answer === '200 /api/organizations').length, 1)
  await page.goto('/workflows/sync_users')
  await page.getByText('No schedule. It runs when someone starts it.').waitFor()
  assert.deepEqual(
    asked.filter((answer) => /^[45]/.test(answer)),
    [],
  )
  await context.close()
})
