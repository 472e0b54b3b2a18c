import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { until } from '../server/testing/until.ts'
import { violationsInBothSchemes, violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

type Batch = { batch_id: string; status: string; total: number; done: number; counts: Record<string, number> }
type Item = { org_name: string; status: string; attempt: number }
type Schedule = Record<string, unknown>

let installation: Installation
let browser: Browser
/** The vendor does not know it, until a test makes it known. */
const unknownId = 424_242

before(async () => {
  // So few at once that of a batch some wait while others run.
  process.env.CROSSWALK_MAX_RUNNING = '2'
  process.env.CROSSWALK_WORKERS = '1'
  installation = await startInstallation()
  await installation.giveCredentials()
  for (const [name, id] of [
    ['Acme', 12_345],
    ['Contoso', installation.vendor.organizations.add({ name: 'Contoso' }).id],
    ['Fabrikam', unknownId],
    ['Globex', 67_890],
    ['Initech', installation.vendor.organizations.add({ name: 'Initech' }).id],
  ] as const) {
    const organization = (await installation.call('POST', '/organizations', { name })) as { id: string }
    const mapping = { integration_name: 'myintegration', external_org_id: String(id), external_org_name: `${name} Ltd` }
    await installation.call('POST', `/organizations/${organization.id}/integrations`, mapping)
  }
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

const batch = (id: string) => installation.call('GET', `/batches/${id}`) as Promise<Batch>
const itemsOf = async (id: string) => ((await installation.call('GET', `/batches/${id}/executions`)) as { executions: Item[] }).executions
const schedule = (name: string) => installation.call('GET', `/schedules/${name}`) as Promise<Schedule>
const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? ''

async function givenBatch(workflow: string): Promise<string> {
  const body = { workflow_name: workflow, organizations: 'all' }
  return ((await installation.call('POST', '/workflows/execute', body)) as Batch).batch_id
}

async function givenEndedBatch(): Promise<string> {
  const id = await givenBatch('sync_if_mapped')
  await until('the batch has ended', async () => (await batch(id)).status === 'finished')
  return id
}

const choose = (page: Page, way: string) => page.getByRole('radio', { name: way }).check()
const runButton = (page: Page) => page.getByRole('region', { name: 'Run', exact: true }).getByRole('button', { name: 'Run', exact: true })
const answer = (page: Page, question: string, button: string) =>
  page.getByRole('dialog', { name: question }).getByRole('button', { name: button, exact: true }).click()

test('the daily discovery is run now, and leads to what it began', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/schedules' })
  await page.getByRole('button', { name: 'Run now: Daily discovery' }).click()
  await answer(page, 'Run Daily discovery now?', 'Run now')
  await page.getByText('1 discovery started.').waitFor()
  await page.waitForURL(/\/executions\?kind=discovery/)
  await page.getByRole('row').filter({ hasText: 'myintegration' }).getByText('Succeeded').first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a workflow is run for all organizations, seen to its end, and only what failed of it is run again', async () => {
  installation.vendor.faults.slow(60_000)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/workflows/sync_users' })
  await choose(page, 'All organizations')
  await page.getByText('It runs for 5 organizations.').waitFor()
  await runButton(page).click()
  await answer(page, 'Run sync_users for 5 organizations?', 'Cancel')
  await runButton(page).click()
  await answer(page, 'Run sync_users for 5 organizations?', 'Run')
  await page.getByText('0 of 5 done').waitFor()
  await page.getByText('Running', { exact: true }).first().waitFor()
  installation.vendor.faults.clear()
  await page.getByText('5 of 5 done').waitFor()
  await page.getByText('1 failed', { exact: true }).waitFor()
  const id = idOf(page)

  await page.reload()
  await page.getByRole('button', { name: 'Failed 1', pressed: true }).waitFor()
  const row = page.getByRole('row').filter({ hasText: 'Fabrikam' })
  await row.getByText(/answered 404 Not Found/).waitFor()
  await becomes(() => page.getByRole('row').filter({ hasText: 'Acme' }).count(), 0)
  await page.getByRole('link', { name: 'Open the execution of Fabrikam' }).click()
  await page.getByText('vendor_error').first().waitFor()
  await becomes(() => new URL(page.url()).search, '')
  await page.getByRole('link', { name: 'The batch' }).click()
  await page.getByRole('button', { name: 'Failed 1', pressed: true }).waitFor()

  installation.vendor.organizations.add({ id: unknownId, name: 'Fabrikam' })
  await page.getByRole('button', { name: 'Retry the failed ones' }).click()
  await page.getByText('Finished', { exact: true }).waitFor()
  await page.getByText('5 of 5 done').waitFor()
  assert.deepEqual(
    (await itemsOf(id)).map(({ org_name, status, attempt }) => [org_name, status, attempt]).sort(),
    ['Acme', 'Contoso', 'Fabrikam', 'Globex', 'Initech'].map((name) => [name, 'success', name === 'Fabrikam' ? 2 : 1]),
  )
  await page.getByRole('row').filter({ hasText: 'Fabrikam' }).getByText('2', { exact: true }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a batch is paused and continues', async () => {
  // Who signs in first has the page before what waits has begun.
  const { page, context } = await openSignedIn(browser, installation, { path: '/batches' })
  installation.vendor.faults.slow(60_000)
  const id = await givenBatch('sync_users')
  await page.goto(`/batches/${id}`)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('Paused', { exact: true }).waitFor()
  installation.vendor.faults.clear()
  await until('what ran has ended', async () => (await batch(id)).counts.running === 0)
  const { done, total } = await batch(id)
  assert.ok(done < total, `${done} of ${total} were done`)
  await page.getByText('No further organization starts until you resume it.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('5 of 5 done').waitFor()
  await page.getByText('Finished', { exact: true }).waitFor()
  await context.close()
})

test('cancelling a batch asks first, and afterwards what is not possible any more says why', async () => {
  installation.vendor.faults.slow(60_000)
  const id = await givenBatch('sync_users')
  const { page, context } = await openSignedIn(browser, installation, { path: `/batches/${id}` })
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await answer(page, 'Cancel this batch?', 'Let it run')
  assert.notEqual((await batch(id)).status, 'cancelled')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await answer(page, 'Cancel this batch?', 'Cancel it')
  await page.getByText('Cancelled', { exact: true }).first().waitFor()
  installation.vendor.faults.clear()
  assert.equal((await batch(id)).status, 'cancelled')
  const retry = page.getByRole('button', { name: 'Retry the failed ones' })
  await becomes(() => retry.getAttribute('aria-disabled'), 'true')
  await page.getByRole('button', { name: 'Cancel', exact: true }).focus()
  await page.keyboard.press('Tab')
  await page.getByText('It was cancelled. Start a new one.').waitFor()
  await context.close()
})

test('a batch that someone else has ended says so, and shows how it is', async () => {
  const id = await givenEndedBatch()
  const { page, context } = await openSignedIn(browser, installation, { path: '/batches' })
  const running = { ...(await batch(id)), status: 'running' }
  const refusal = { error: 'batch_finished', message: 'The batch has ended already.', details: {}, request_id: 'request-7' }
  await page.route(`**/api/batches/${id}`, (route) => route.fulfill({ json: running }))
  await page.route(`**/api/batches/${id}/pause`, async (route) => {
    // Asked for again any sooner, the page would know that it has ended before the button is pressed.
    await page.unroute(`**/api/batches/${id}`)
    await route.fulfill({ status: 409, json: refusal })
  })
  await page.goto(`/batches/${id}`)
  const pause = page.getByRole('button', { name: 'Pause', exact: true })
  await pause.click()
  await page.getByText('The batch has ended already.').waitFor()
  await page.getByText('Finished', { exact: true }).waitFor()
  await context.close()
})

test('some organizations are chosen by name, and a value that is in no list is typed for many', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/workflows/sync_users_from_tenant' })
  await choose(page, 'These organizations')
  await page.getByText('Choose the organizations first.').waitFor()
  const organizations = page.getByRole('combobox', { name: 'Organizations' })
  for (const name of ['Acme', 'Globex']) {
    await organizations.fill(name.slice(0, 3).toLowerCase())
    await page.getByRole('option', { name }).click()
  }
  await page.getByText('It runs for 2 organizations.').waitFor()
  await page.getByText(/Each of them gets the value that you choose; you can type another/).waitFor()
  await page.getByRole('combobox', { name: 'Tenant' }).fill('tenant-a-id')
  await page.getByRole('option', { name: 'Use “tenant-a-id”' }).click()
  await runButton(page).click()
  await answer(page, 'Run sync_users_from_tenant for 2 organizations?', 'Run')
  await page.getByText('"tenant_name": "tenant-a-id"').waitFor()
  await page.getByText('2 of 2 done').waitFor()
  await context.close()
})

test('a schedule is set by the form, run, paused, resumed and removed again', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/schedules' })
  await page.getByRole('row').filter({ hasText: 'check_microsoft_consent' }).waitFor()
  await page.getByRole('button', { name: 'Add schedule' }).click()
  await page.getByRole('combobox', { name: 'Workflow' }).click()
  await page.getByRole('option', { name: 'sync_if_mapped' }).click()
  const cron = page.getByRole('textbox', { name: 'When, as a cron expression' })
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await cron.fill('every monday')
  const fewFields = page.getByText('A cron expression has five fields with spaces between them, and this has 2.')
  await becomes(() => fewFields.count(), 0, 'who is still typing is told nothing')
  await save.click()
  await fewFields.waitFor()
  await becomes(() => cron.getAttribute('aria-invalid'), 'true')
  await becomes(() => cron.evaluate((field) => field === document.activeElement), true)
  await cron.fill('99 3 * * mon')
  await page.getByText(/One of the five fields is not right: minutes are 0 to 59/).waitFor()
  await cron.fill('0 3 31 2 *')
  await page.getByText('This time never comes.').waitFor()

  await cron.fill('0 3 * * mon')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('vienna')
  await page.getByRole('option', { name: 'Europe/Vienna' }).click()
  await page.getByText('Every Monday at 03:00, Europe/Vienna').waitFor()
  await becomes(() => page.getByRole('list', { name: 'The next times' }).getByRole('listitem').count(), 4)
  await choose(page, 'Those mapped to an integration')
  await page.getByRole('combobox', { name: 'Integration' }).click()
  await page.getByRole('option', { name: 'MyIntegration' }).click()
  await choose(page, 'Run them later')
  await save.click()
  const row = page.getByRole('row').filter({ hasText: 'sync_if_mapped' })
  await row.getByText('Every Monday at 03:00, Europe/Vienna').waitFor()
  await row.getByText('Those mapped to MyIntegration').waitFor()
  const set = await schedule('sync_if_mapped')
  assert.deepEqual(
    [set.cron, set.time_zone, set.organizations, set.missed, set.is_declared],
    ['0 3 * * mon', 'Europe/Vienna', 'mapped:myintegration', 'catch_up', false],
  )

  const act = async (name: RegExp) => {
    await page.getByRole('button', { name: 'More for sync_if_mapped' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await act(/^Pause/)
  const paused = row.getByText('Paused').filter({ visible: true })
  await paused.waitFor()
  await act(/^Resume/)
  await paused.waitFor({ state: 'hidden' })
  assert.equal((await schedule('sync_if_mapped')).is_paused, false)

  await page.getByRole('button', { name: 'Run now: sync_if_mapped' }).click()
  await answer(page, 'Run sync_if_mapped now?', 'Run now')
  await page.getByText('5 of 5 done').waitFor()
  await page.getByRole('link', { name: 'its schedule' }).click()
  await row.getByText('Finished', { exact: true }).waitFor()

  await act(/^Remove the schedule/)
  await page.getByText('sync_if_mapped has a schedule only because it was set here.', { exact: false }).waitFor()
  await answer(page, 'Remove this schedule?', 'Remove it')
  await row.waitFor({ state: 'hidden' })
  assert.deepEqual(failures, [])
  await context.close()
})

test('only what was changed of a schedule is set, and it is taken back to what was declared', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/schedules' })
  await page.getByRole('button', { name: 'More for Test of all mappings' }).click()
  await page.getByText('It is the built-in schedule already.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Edit the schedule of Test of all mappings' }).click()
  await page.getByText('Nothing is changed yet.').waitFor()
  await page.getByRole('button', { name: 'Every hour' }).click()
  const sent = page.waitForRequest((request) => request.method() === 'PUT')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  assert.deepEqual((await sent).postDataJSON(), { cron: '0 * * * *' })
  await page.getByText('Built in, changed here').waitFor()
  await page.getByRole('button', { name: 'More for Test of all mappings' }).click()
  await page.getByRole('menuitem', { name: /^Reset to/ }).click()
  await page.getByText('Crosswalk declares: Every Monday at 05:00, UTC, for all organizations; missed runs are skipped.').waitFor()
  await answer(page, 'Reset to the built-in schedule?', 'Reset')
  await page.getByText('Every Monday at 05:00, UTC', { exact: true }).waitFor()
  assert.equal((await schedule('test_all_mappings')).is_changed, false)
  await context.close()
})

test('a time that is not right is told once its field is left', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/schedules?edit=sync_users' })
  const cron = page.getByRole('textbox', { name: 'When, as a cron expression' })
  await cron.fill('0 3 *')
  await becomes(() => cron.getAttribute('aria-invalid'), null)
  await cron.press('Tab')
  await page.getByText('A cron expression has five fields with spaces between them, and this has 3.').waitFor()
  await becomes(() => cron.getAttribute('aria-invalid'), 'true')
  await cron.fill('0 3 * * *')
  await page.getByRole('list', { name: 'The next times' }).waitFor()
  await becomes(() => cron.getAttribute('aria-invalid'), null)
  await context.close()
})

test('leaving a schedule with unsaved changes asks', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/schedules?edit=sync_users' })
  await page.getByRole('button', { name: 'Weekdays' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await answer(page, 'Leave without saving?', 'Stay here')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await answer(page, 'Leave without saving?', 'Leave')
  await page.getByRole('textbox', { name: 'When, as a cron expression' }).waitFor({ state: 'hidden' })
  await context.close()
})

test('the test of all mappings says of each whether its connection works, and only what failed is tested again', async () => {
  installation.vendor.organizations.remove(unknownId)
  const { page, context } = await openSignedIn(browser, installation, { path: '/schedules' })
  await page.getByRole('button', { name: 'Run now: Test of all mappings' }).click()
  await answer(page, 'Run Test of all mappings now?', 'Run now')
  await page.getByText('5 of 5 done').waitFor()
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await page.getByRole('button', { name: 'All 5' }).click()
  await row('Fabrikam').getByText('Test failed').waitFor()
  await row('Fabrikam')
    .getByText(/404 Not Found/)
    .waitFor()
  await row('Acme').getByText('Test passed').waitFor()
  await page.getByText('1 failed', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Passed 4' }).waitFor()
  await page.goto(new URL(page.url()).pathname)
  await page.getByRole('button', { name: 'Failed 1', pressed: true }).waitFor()
  await row('Acme').waitFor({ state: 'hidden' })
  installation.vendor.organizations.add({ id: unknownId, name: 'Fabrikam' })
  await page.getByRole('button', { name: 'Test the failed ones again' }).click()
  await page.getByText('Finished', { exact: true }).waitFor()
  await row('Fabrikam').getByText('Test passed').waitFor()
  assert.deepEqual((await itemsOf(idOf(page))).map(({ org_name, attempt }) => (attempt > 1 ? org_name : '')).filter(Boolean), ['Fabrikam'])
  await context.close()
})

/** The pages of schedules and batches, and something that is on each once it is there. */
const pagesOf = (id: string): [path: string, shows: string][] => [
  ['/schedules', 'Test of all mappings'],
  ['/schedules?add=yes', 'Those that have no schedule yet.'],
  ['/schedules?edit=sync_users_from_tenant', 'you can type another'],
  ['/schedules?edit=test_all_mappings', 'Every Monday at 05:00, UTC'],
  ['/batches', 'sync_if_mapped'],
  ['/batches?workflow=auto_setup_integration', 'Nothing found'],
  [`/batches/${id}`, 'Open'],
  [`/batches/${id}?status=failed`, 'Nothing found'],
  ['/batches/00000000-0000-7000-8000-000000000000', 'This batch could not be loaded'],
  ['/workflows/sync_users?for=all', 'It runs for 5 organizations.'],
  ['/workflows/sync_users?for=mapped', 'Choose the integration first.'],
  ['/workflows/sync_users?for=these', 'Choose the organizations first.'],
]

test('axe finds nothing wrong with the pages of schedules and batches in light or dark colours', async () => {
  const id = await givenEndedBatch()
  const { page, context, failures } = await openSignedIn(browser, installation)
  for (const [path, shows] of pagesOf(id)) {
    await page.goto(path)
    await page.getByText(shows).first().waitFor()
    assert.deepEqual(await violationsInBothSchemes(page), [], path)
  }
  assert.deepEqual(failures, [])
  await context.close()
})

test('an opened menu has nothing but items in it, and is walked through with the keyboard', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/schedules' })
  await page.getByRole('button', { name: 'More for Test of all mappings' }).press('Enter')
  const menu = page.getByRole('menu')
  await until('it has come in', () => menu.evaluate((element) => getComputedStyle(element).opacity === '1'))
  assert.deepEqual(await violationsOf(page, '[role="menu"]'), [])
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
  await becomes(async () => /^Pause/.test(await focused()), true)
  await page.keyboard.press('ArrowDown')
  await becomes(async () => /^Reset to/.test(await focused()), true)
  await page.keyboard.press('Escape')
  await menu.waitFor({ state: 'hidden' })
  await context.close()
})

test('no page of schedules and batches is wider than a phone, and none of their lists is scrolled sideways', async () => {
  const id = await givenEndedBatch()
  const { page, context } = await openSignedIn(browser, installation, { width: 390, height: 800 })
  for (const [path, shows] of pagesOf(id)) {
    await page.goto(path)
    await page.getByText(shows).first().waitFor()
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(tooWide <= 0, `${path} is ${tooWide} px too wide`)
    await becomes(() => page.getByRole('table').filter({ hasText: shows }).count(), 0, `${path} has a table in place of cards`)
  }
  await context.close()
})
