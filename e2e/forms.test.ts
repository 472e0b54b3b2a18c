import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsInBothSchemes, violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'
import { formWorkflows } from './testing/form-workflows.ts'

let installation: Installation
let browser: Browser
let orgId: string

before(async () => {
  installation = await startInstallation({ files: formWorkflows })
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  await installation.call('POST', '/organizations', { name: 'Globex' })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

const open = (workflow: string, query = `org=${orgId}`, locale = 'en-GB') =>
  openSignedIn(browser, installation, { path: `/workflows/${workflow}?${query}`, locale })
const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).click()

/** What the execution that the page shows was started with. */
async function parametersOf(page: Page): Promise<Record<string, unknown>> {
  await page.waitForURL(/\/executions\/[0-9a-f-]{36}/)
  const id = new URL(page.url()).pathname.split('/').at(-1)
  return ((await installation.call('GET', `/executions/${id}`)) as { parameters: Record<string, unknown> }).parameters
}

test('an optional group requires nothing until it is added, and what it requires then ends with it', async () => {
  const { page, context, failures } = await open('gentle_form')
  await page.getByRole('button', { name: 'Add window' }).click()
  await run(page)
  await page.getByText('From is required.').waitFor()
  await page.getByText('Until is required.').waitFor()
  await page.getByRole('button', { name: 'Remove window' }).click()
  await run(page)
  assert.deepEqual(await parametersOf(page), {})
  assert.deepEqual(failures, [])
  await context.close()
})

test('all that is wrong is said at once in sentences, and the focus is on the first of it', async () => {
  const { page, context, failures } = await open('nasty_form')
  await page.getByRole('button', { name: 'Add address' }).click()
  await page.getByRole('button', { name: 'Add contact' }).click()
  await page.getByRole('button', { name: 'Add tag' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('ab')
  await page.getByRole('textbox', { name: 'Email' }).fill('nobody')
  await page.getByRole('textbox', { name: 'Zip' }).fill('x')
  await page.getByRole('textbox', { name: 'Seats' }).fill('a few')
  await page.getByRole('textbox', { name: 'Rate' }).fill('0.3')
  await page.getByRole('textbox', { name: 'Extra' }).fill('{ not json')
  await run(page)
  for (const sentence of [
    'Title must be at least 3 characters long.',
    'City is required.',
    'Email must be an email address such as name@example.com.',
    'Street is required.',
    'Zip must look like 1010.',
    'Tag 1 is required.',
    'Name is required.',
    'Seats must be a whole number.',
    'Rate must be a multiple of 0.5.',
    'Channel is required.',
    'Extra must be JSON: a text in double quotes, a number, true, a list or an object.',
  ])
    await page.getByText(sentence, { exact: true }).waitFor()
  const first = page.locator('[aria-invalid=true]').first()
  await becomes(() => first.evaluate((element) => element === document.activeElement), true)
  await becomes(() => page.getByText(/\w-\d+\b|\^/).count(), 0, 'neither generated names nor expressions')
  assert.deepEqual(await violationsInBothSchemes(page), [])
  assert.deepEqual(failures, [])
  await context.close()
})

test('a form with everything in it sends what was entered, and nothing that was not', async () => {
  const { page, context, failures } = await open('nasty_form')
  const fill = (name: string, text: string) => page.getByRole('textbox', { name, exact: true }).fill(text)
  await fill('Title', 'Everything')
  await fill('City', 'Vienna')
  await fill('Email', 'someone@example.com')
  await page.getByRole('checkbox', { name: 'voice' }).check()
  await page.getByRole('checkbox', { name: 'mail' }).check()
  await page.getByRole('button', { name: 'Add tag' }).click()
  await page.getByRole('button', { name: 'Add tag' }).click()
  await fill('Tag 1', 'first')
  await fill('Tag 2', 'second')
  await page.getByRole('button', { name: 'Move tag 2 up' }).click()
  await page.getByRole('button', { name: 'Add contact' }).click()
  await fill('Name', 'Ada')
  await fill('Since', '29/02/2028')
  assert.equal(await page.getByRole('textbox', { name: 'Notes' }).evaluate((element) => element.tagName), 'TEXTAREA')
  await fill('Notes', 'Two\nlines')
  await fill('Seats', '1,2')
  await fill('Seats', '12')
  await page.getByRole('combobox', { name: 'Level' }).click()
  await page.getByRole('option', { name: 'high' }).click()
  await page.getByRole('combobox', { name: 'Channel' }).click()
  await page.getByRole('option', { name: 'Mail' }).click()
  await fill('To', 'lost@example.com')
  await page.getByRole('combobox', { name: 'Channel' }).click()
  await page.getByRole('option', { name: 'Chat' }).click()
  await fill('Room', 'Hall')
  await page.getByRole('combobox', { name: 'Amount' }).click()
  await page.getByRole('option', { name: 'Whole number' }).click()
  await fill('Amount: whole number', '7')
  await page.getByRole('button', { name: 'Add a value' }).click()
  await fill('Key', 'mails')
  await fill('mails', '1000')
  await fill('Extra', '[1, {"a": null}]')
  await page.getByLabel('At', { exact: true }).fill('10:30')
  await run(page)
  assert.deepEqual(await parametersOf(page), {
    title: 'Everything',
    city: 'Vienna',
    email: 'someone@example.com',
    features: ['mail', 'voice'],
    tags: ['second', 'first'],
    contacts: [{ name: 'Ada', since: '2028-02-29' }],
    notes: 'Two\nlines',
    at: '10:30',
    seats: 12,
    owner: null,
    level: 'high',
    channel: { kind: 'chat', room: 'Hall' },
    amount: 7,
    limits: { mails: 1000 },
    extra: [1, { a: null }],
    dry_run: false,
    hidden_mark: 'mark',
  })
  assert.deepEqual(failures, [])
  await context.close()
})

test('dates are written as where the person lives, stay in the field when they are none, and come from a calendar too', async () => {
  for (const [locale, typed, shown, wrong, example] of [
    ['en-GB', '31/12/2026', '31/12/2026', '31/02/2026', '31/12/2026'],
    ['en-US', '12/31/2026', '12/31/2026', '2/31/2026', '12/31/2026'],
    ['de-AT', '31.12.26', '31.12.2026', 'morgen', '31.12.2026'],
  ] as const) {
    const { page, context, failures } = await open('nasty_form', undefined, locale)
    const due = page.getByRole('textbox', { name: 'Due', exact: true })
    await due.fill(wrong)
    await due.blur()
    await page.getByText(`Due must be a date such as ${example}.`).waitFor()
    await becomes(() => due.inputValue(), wrong)
    await due.fill(typed)
    await due.blur()
    await becomes(() => due.inputValue(), shown, locale)
    await becomes(() => due.getAttribute('aria-invalid'), null)
    const starts = page.getByRole('textbox', { name: 'Starts', exact: true })
    await starts.fill(`${typed} 14:30`)
    await starts.blur()
    await becomes(() => starts.inputValue(), `${shown}, 14:30`)
    await page.getByRole('button', { name: 'Choose Due in a calendar' }).click()
    await page.getByRole('button', { name: '24 December 2026' }).click()
    await becomes(() => due.inputValue(), shown.replace('31', '24'))
    assert.deepEqual(failures, [])
    await context.close()
  }
})

test('an option that another field took away is not sent, and the field says so', async () => {
  const { page, context, failures } = await open('dependent_form')
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field, exact: true }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await choose('Country', 'at')
  await choose('Town', 'Vienna')
  await choose('Other towns', 'Graz')
  await page.keyboard.press('Escape')
  await choose('Country', 'de')
  await run(page)
  await page.getByText('“Vienna” is no longer offered. Choose another.').waitFor()
  await page.getByText('“Graz” is no longer offered. Choose another.').waitFor()
  await run(page)
  await page.waitForURL(/workflows/)
  assert.deepEqual(await violationsOf(page), [])
  await choose('Town', 'Bonn')
  await page.getByRole('combobox', { name: 'Other towns' }).press('Backspace')
  await choose('Other towns', 'Berlin')
  // The open list covers the button.
  await page.keyboard.press('Escape')
  await run(page)
  assert.deepEqual(await parametersOf(page), { country: 'de', town: 'bonn', others: ['berlin'] })
  assert.deepEqual(failures, [])
  await context.close()
})

test('a run for many has the lists of some of the organizations, and takes a value that is not in them', async () => {
  const { page, context, failures } = await open('dependent_form', 'for=all')
  await page.getByRole('combobox', { name: 'Country' }).click()
  await page.getByRole('option', { name: 'at', exact: true }).click()
  const town = page.getByRole('combobox', { name: 'Town', exact: true })
  await town.click()
  await page.getByRole('option', { name: 'Graz' }).waitFor()
  await town.fill('linz')
  await page.getByRole('option', { name: 'Use “linz”' }).click()
  await page.getByRole('combobox', { name: 'Other towns' }).click()
  await page.getByRole('option', { name: 'Vienna' }).click()
  await page.keyboard.press('Escape')
  assert.deepEqual(await violationsOf(page), [])
  await run(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click()
  await page.waitForURL(/\/batches\/[0-9a-f-]{36}/)
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const batch = (await installation.call('GET', `/batches/${id}`)) as { parameters: unknown }
  assert.deepEqual(batch.parameters, { country: 'at', town: 'linz', others: ['vienna'] })
  assert.deepEqual(failures, [])
  await context.close()
})

test('a closed field in a run for many takes what each organization has, and names whose the rest is', async () => {
  const { page, context, failures } = await open('closed_form', 'for=all')
  await page.getByRole('combobox', { name: 'Site' }).click()
  for (const name of ['Plant of Acme (only Acme)', 'Warehouse (only Globex)'])
    await becomes(() => page.getByRole('option', { name }).getAttribute('data-combobox-disabled'), 'true')
  assert.deepEqual(await violationsOf(page, '[role=listbox]'), [])
  await page.getByRole('option', { name: 'Head office', exact: true }).click()
  await run(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click()
  await page.waitForURL(/\/batches\/[0-9a-f-]{36}/)
  assert.deepEqual(failures, [])
  await context.close()
})
