import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let count = 0

before(async () => {
  installation = await startInstallation()
  installation.vendor.organizations.generate(10_000)
  await installation.giveCredentials()
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** An organization of the test's own, with the drawer open and the integration chosen. */
async function givenDrawer(): Promise<{ page: Page; orgId: string; failures: string[] }> {
  count += 1
  const { id: orgId } = (await installation.call('POST', '/organizations', { name: `Customer ${count}` })) as { id: string }
  const path = `/organizations/${orgId}/integrations?mapping=new&integration=myintegration`
  return { ...(await openSignedIn(browser, installation, { path })), orgId }
}

const discover = (page: Page) => page.getByRole('button', { name: 'Discover Organizations' }).click()
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })
const search = (page: Page) => page.getByRole('combobox', { name: 'Search the external organizations' })

test('ten thousand external organizations are searched while typing, with only the visible ones on the page', async () => {
  const { page, failures } = await givenDrawer()
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  assert.ok((await page.getByRole('listbox', { name: 'External organizations' }).getByRole('option').count()) < 40)
  await search(page).fill('wayne')
  await page.getByText('1 of 10,002').waitFor()
  await search(page).press('Enter')
  await page.getByText('Chosen: Wayne Enterprises').waitFor()
  await search(page).fill('nobody has this name')
  await page.getByText('None of 10,002 has this name or id.').waitFor()
  assert.deepEqual(failures, [])
  await page.context().close()
})

test('when the vendor is down, the failure stands beside the last good list', async () => {
  const { page } = await givenDrawer()
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  installation.vendor.faults.down()
  try {
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Could not reach MyIntegration').waitFor()
    await page.getByText('10,002 of 10,002').waitFor()
  } finally {
    installation.vendor.faults.clear()
  }
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Could not reach MyIntegration').waitFor({ state: 'hidden' })
  await page.getByText('10,002 of 10,002').waitFor()
  await page.context().close()
})

test('when the vendor is down from the start, the reason and what to do stand in place of a list', async () => {
  const { page } = await givenDrawer()
  installation.vendor.faults.down()
  try {
    await discover(page)
    await page.getByText('Could not reach MyIntegration').waitFor()
    await page.getByText('discovery_failed').waitFor()
    await page.getByText(/503/).first().waitFor()
  } finally {
    installation.vendor.faults.clear()
  }
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('10,002 of 10,002').waitFor()
  await page.context().close()
})

test('a discovery tells how many it has seen while it runs, and when the vendor fails in the middle of it the list before stays', async () => {
  const { page } = await givenDrawer()
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  installation.vendor.faults.slow(3_000)
  await page.getByRole('button', { name: 'Refresh' }).click()
  const progress = page.getByText(/^[1-9],000 so far…$/)
  await progress.waitFor()
  const seen = (await progress.textContent()) ?? ''
  await progress.filter({ hasNotText: seen }).waitFor()
  installation.vendor.faults.clear()
  await page.getByText(/so far…|Asking/).waitFor({ state: 'hidden' })
  await page.getByText('10,002 of 10,002').waitFor()
  installation.vendor.faults.failPage(7)
  try {
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Could not reach MyIntegration').waitFor()
    await page
      .getByText(/answered 500/)
      .first()
      .waitFor()
    await page.getByText('10,002 of 10,002').waitFor()
  } finally {
    installation.vendor.faults.clear()
  }
  await page.context().close()
})

/** Walks on with the Tab key until an element has the focus; fails where the keyboard does not reach it. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await element.evaluate((node) => node === document.activeElement).catch(() => false)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`The keyboard does not reach ${element}.`)
}

test('a mapping is made with the keyboard alone', async () => {
  const { page, orgId, failures } = await givenDrawer()
  await page.goto(`/organizations/${orgId}/integrations`)
  const add = page.getByRole('button', { name: 'Add Integration Mapping' })
  await add.waitFor()
  await tabTo(page, add)
  await page.keyboard.press('Enter')
  const discoverButton = page.getByRole('button', { name: 'Discover Organizations' })
  await discoverButton.waitFor()
  await tabTo(page, discoverButton)
  await page.keyboard.press('Enter')
  await search(page).waitFor()
  await tabTo(page, search(page))
  await page.keyboard.type('maple')
  await page.getByText(/^[1-9][\d,]* of 10,002$/).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByText(/^Chosen: Maple/).waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Test Connection' }))
  await page.keyboard.press('Enter')
  await page.getByText(/Successfully connected to Maple/).waitFor()
  await tabTo(page, save(page))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Edit Maple/ }).waitFor()
  assert.deepEqual(failures, [])
  await page.context().close()
})

test('a failed test tells what to do, and can be tried again on the unsaved draft', async () => {
  const { page } = await givenDrawer()
  await page.getByText('Enter the id by hand').click()
  await becomes(() => save(page).isDisabled(), true)
  await page.getByRole('textbox', { name: 'External organization id' }).fill('no-such-id')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await page.getByText('Connection failed').waitFor()
  await page.getByText(/Check the external organization id/).waitFor()
  await page.getByRole('textbox', { name: 'External organization id' }).fill('67890')
  await page.getByText('tested before your last change').waitFor()
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await page.getByText('Successfully connected to Wayne Enterprises').waitFor()
  await page.context().close()
})

test('what the server refuses lands on its field, and a conflict says what is in the way', async () => {
  const { page, orgId } = await givenDrawer()
  const chosen = { integration_name: 'myintegration', external_org_name: 'Acme Corp' }
  const { id: other } = (await installation.call('POST', '/organizations', { name: 'The holder' })) as { id: string }
  await installation.call('POST', `/organizations/${other}/integrations`, { ...chosen, external_org_id: '12345' })
  await installation.call('POST', `/organizations/${orgId}/integrations`, { ...chosen, external_org_id: '777' })
  await page.getByText('Enter the id by hand').click()
  const id = page.getByRole('textbox', { name: 'External organization id' })
  await id.fill('a\u0001b')
  await save(page).click()
  await page
    .getByText(/must not contain control characters/)
    .first()
    .waitFor()
  await id.fill('12345')
  await page.getByRole('textbox', { name: 'API base URL' }).fill('nonsense')
  await save(page).click()
  await page
    .getByText(/must be a web address/)
    .first()
    .waitFor()
  await page.getByRole('textbox', { name: 'API base URL' }).fill('')
  await page.getByText('12345 (12345) is mapped to The holder.').waitFor()
  await page.getByRole('link', { name: 'open that mapping', exact: true }).waitFor()
  await save(page).click()
  await page.getByText('Another organization has it').waitFor()
  await page.getByText('It is mapped to The holder.').waitFor()
  assert.match(
    (await page.getByRole('link', { name: 'open that mapping and deactivate it' }).getAttribute('href')) ?? '',
    new RegExp(other),
  )
  await id.fill('777')
  await save(page).click()
  await page.getByText('This organization has this mapping already').waitFor()
  await page.getByRole('link', { name: 'Open the mapping that is there' }).waitFor()
  await page.context().close()
})

test('an id that is entered by hand takes the name that is known of it, and never keeps the name of another', async () => {
  const { page, failures } = await givenDrawer()
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  await search(page).fill('wayne')
  await search(page).press('Enter')
  await page.getByText('Chosen: Wayne Enterprises').waitFor()
  await page.getByText('Enter the id by hand').click()
  const id = page.getByRole('textbox', { name: 'External organization id' })
  const name = page.getByRole('textbox', { name: 'External organization name' })
  const reads = (value: string) =>
    page.waitForFunction(([field, text]) => (field as HTMLInputElement).value === text, [handle, value] as const)
  const handle = await name.elementHandle()
  await id.fill('nobody')
  await reads('')
  await id.fill('12345')
  await reads('Acme Corp')
  await name.fill('Eastgate Motors')
  await id.fill('67890')
  await reads('Wayne Enterprises')
  await id.fill('12345')
  await reads('Eastgate Motors')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await page.getByText('The vendor calls it Acme Corp.').waitFor()
  await page.getByRole('button', { name: 'Use this name' }).click()
  await reads('Acme Corp')
  await page.getByText('The vendor calls it').waitFor({ state: 'hidden' })
  await becomes(() => page.getByText('tested before your last change').count(), 0)
  await name.fill('')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await reads('Acme Corp')
  await becomes(() => page.getByRole('textbox', { name: 'External organization id' }).inputValue(), '12345')
  assert.deepEqual(failures, [])
  await page.context().close()
})

test('an id is sent as it was typed, and one that the API refuses has its sentence', async () => {
  const { page, orgId, failures } = await givenDrawer()
  await page.getByText('Enter the id by hand').click()
  const id = page.getByRole('textbox', { name: 'External organization id' })
  await id.fill('   ')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await page.getByText('must not be blank').first().waitFor()
  await becomes(() => id.getAttribute('aria-invalid'), 'true')
  await id.fill(' 42 ')
  await page.getByText('The id begins or ends with a space. It is sent as it stands here.').waitFor()
  await becomes(() => id.getAttribute('aria-invalid'), null)
  await save(page).click()
  await page.getByRole('alert').filter({ hasText: 'but its test failed' }).waitFor()
  const { mappings } = (await installation.call('GET', `/organizations/${orgId}/integrations`)) as {
    mappings: { external_org_id: string; external_org_name: string }[]
  }
  assert.deepEqual(
    mappings.map((mapping) => [mapping.external_org_id, mapping.external_org_name]),
    [[' 42 ', ' 42 ']],
  )
  assert.deepEqual(failures, [])
  await page.context().close()
})

test('what is saved untested says how its test went, and nothing green stands beside a failure', async () => {
  const { page } = await givenDrawer()
  await page.getByText('Enter the id by hand').click()
  await page.getByRole('textbox', { name: 'External organization id' }).fill('no-such-id')
  await save(page).click()
  const notices = page.getByRole('alert')
  await notices.filter({ hasText: /is mapped to no-such-id, but its test failed/ }).waitFor()
  await notices.filter({ hasText: 'It is being tested' }).waitFor({ state: 'hidden' })
  await becomes(() => notices.filter({ hasText: /is mapped to no-such-id\.$/ }).count(), 0)
  await page.getByText('Test failed', { exact: true }).waitFor()
  await page.context().close()
})

test('nothing in the list looks chosen before it is, and the one that is chosen is in sight when the list is opened', async () => {
  const { page, orgId } = await givenDrawer()
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  const framed = page.locator('[role=option][data-active]')
  await becomes(() => framed.count(), 0)
  await search(page).click()
  await becomes(() => framed.count(), 0)
  await search(page).press('ArrowDown')
  await framed.waitFor()
  await page.getByRole('button', { name: 'Test Connection' }).focus()
  await framed.waitFor({ state: 'hidden' })
  const far = installation.vendor.organizations.list()[5_000]
  assert.ok(far)
  const mapping = { integration_name: 'myintegration', external_org_id: String(far.id), external_org_name: far.name }
  const { id } = (await installation.call('POST', `/organizations/${orgId}/integrations`, mapping)) as { id: string }
  await page.goto(`/organizations/${orgId}/integrations?mapping=${id}`)
  await page.getByText('Choose from a list').click()
  await discover(page)
  await page.locator('[role=option][aria-selected=true]', { hasText: far.name }).waitFor()
  await page.context().close()
})

test('on a phone the name of an external organization has the width, also beside who is mapped to it', async () => {
  const { page, orgId } = await givenDrawer()
  const { id: holder } = (await installation.call('POST', '/organizations', { name: 'A holder with a rather long name' })) as { id: string }
  await page.setViewportSize({ width: 390, height: 844 })
  await discover(page)
  await page.getByText('10,002 of 10,002').waitFor()
  const row = page.getByRole('option').nth(3)
  const name = (await row.locator('b').textContent()) ?? ''
  const id = (await row.locator('small').textContent())?.split(' · ')[0]
  await installation.call('POST', `/organizations/${holder}/integrations`, {
    integration_name: 'myintegration',
    external_org_id: id,
    external_org_name: name,
  })
  await page.goto(`/organizations/${orgId}/integrations?mapping=new&integration=myintegration`)
  await discover(page)
  await row.getByText('Mapped to A holder with a rather long name').waitFor()
  await becomes(() => row.locator('b').evaluate((element) => element.scrollWidth > element.clientWidth), false, name)
  const [outer, inner] = await Promise.all([row.boundingBox(), row.getByText('Mapped to').boundingBox()])
  assert.ok(outer && inner && inner.y + inner.height <= outer.y + outer.height, 'what is known of it is inside its row')
  await page.context().close()
})

test('leaving with unsaved changes asks', async () => {
  const { page } = await givenDrawer()
  await page.getByText('Enter the id by hand').click()
  await page.getByRole('textbox', { name: 'External organization id' }).fill('1')
  await page.getByRole('button', { name: 'Cancel' }).click()
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('textbox', { name: 'External organization id' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await question.getByRole('button', { name: 'Leave' }).click()
  await page.getByText('No active mappings').waitFor()
  await page.context().close()
})

test('a mapping is tested, edited, deactivated and activated again', async () => {
  const { page, orgId } = await givenDrawer()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await installation.call('POST', `/organizations/${orgId}/integrations`, {
    integration_name: 'myintegration',
    external_org_id: '67890',
    external_org_name: 'Wayne',
  })
  await page.reload()
  await page.getByText('Never tested').waitFor()
  await page.getByRole('button', { name: 'Test Wayne' }).click()
  await page.getByText('Test passed').waitFor()
  await page.getByRole('button', { name: 'Edit Wayne' }).click()
  await page.getByRole('textbox', { name: 'External organization name' }).fill('Wayne Ltd')
  await save(page).click()
  await page.getByRole('button', { name: 'Deactivate Wayne Ltd' }).click()
  await page.getByRole('dialog', { name: 'Deactivate this mapping?' }).getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('No active mappings').waitFor()
  await page.getByText('One mapping is deactivated.').waitFor()
  await page.getByRole('radiogroup', { name: 'Which mappings' }).waitFor()
  await page.getByRole('tab', { name: 'Overview' }).click()
  await page.getByText('its only mapping is deactivated').waitFor()
  await page.getByRole('link', { name: 'Show all' }).click()
  await page.getByRole('button', { name: 'Activate Wayne Ltd', exact: true }).waitFor()
  await page.goto(`/organizations/${orgId}/integrations`)
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('button', { name: 'Activate Wayne Ltd', exact: true }).click()
  await page.getByRole('button', { name: 'Deactivate Wayne Ltd' }).waitFor()
  await page.context().close()
})
