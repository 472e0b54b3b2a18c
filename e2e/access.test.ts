import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
/** What the MSP offers to a customer. */
const requestAccess = `
import { dataProvider, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const listRooms = dataProvider({ name: 'list_rooms', description: 'Rooms', category: 'Access' }, async (ctx) => [
  { label: 'Room of ' + ctx.org.name, value: 'room-1' },
])
export const requestAccess = workflow(
  {
    name: 'request_access',
    description: 'Opens a room for a colleague.',
    category: 'Access',
    parameters: z.object({ colleague: z.string().min(1).meta({ label: 'Name of the colleague' }), room: z.string().meta({ label: 'Room', dataProvider: 'list_rooms' }) }),
  },
  async (ctx) => ({ opened: true, note: 'the door is in halo' }),
)
`
const statusWith = async (key: string, path: string) =>
  (await fetch(`${installation.url}/api${path}`, { headers: { authorization: `Bearer ${key}` } })).status

before(async () => {
  installation = await startInstallation({ files: { 'workflows/request-access.ts': requestAccess } })
  browser = await launchBrowser()
  await installation.call('POST', '/organizations', { name: 'Acme Corp', tags: ['gold'] })
  await installation.call('POST', '/organizations', { name: 'Globex' })
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** Nobody is kept out by colours or names, in light and dark. */
async function assertUsable(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await violationsOf(page), [], `${page.url()} ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

test('a key is made for a role of one’s own and a tag, shown once, rotated and revoked', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/settings/roles' })
  await page.getByRole('button', { name: 'Create role' }).click()
  await page.getByLabel('Name').fill('auditor')
  await page.getByLabel('What it is for').fill('Reads the audit')
  await page.getByRole('checkbox', { name: 'Read the audit' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The role auditor is saved.').waitFor()

  await page.getByRole('tab', { name: 'Keys' }).click()
  await page.getByRole('button', { name: 'Create key' }).click()
  const drawer = page.getByRole('dialog', { name: 'Create key' })
  await drawer.getByLabel('Name').fill('Reports')
  await drawer.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: 'auditor' }).click()
  await drawer.getByRole('combobox', { name: 'For', exact: true }).click()
  await page.getByRole('option', { name: 'Those with a tag' }).click()
  await drawer.getByText('Say for which organizations.').waitFor()
  await drawer.getByLabel('Tags').fill('gold')
  await drawer.getByLabel('Tags').press('Enter')
  await drawer.getByRole('button', { name: 'Save' }).click()
  const made = page.getByRole('dialog', { name: 'The key Reports' })
  const key = (await made.getByLabel('The key', { exact: true }).textContent()) ?? ''
  assert.equal(await statusWith(key, '/audit'), 200)
  assert.equal(await statusWith(key, '/secrets'), 403)
  await made.getByRole('button', { name: 'Done' }).click()
  await page.getByText('auditor for those with the tag gold').waitFor()
  await made.waitFor({ state: 'hidden' })
  assert.ok(!(await page.content()).includes(key), 'it is shown once')

  await page.getByRole('button', { name: 'Rotate Reports' }).click()
  await page.getByRole('button', { name: 'Rotate key' }).click()
  const next = (await made.getByLabel('The key', { exact: true }).textContent()) ?? ''
  assert.notEqual(next, key)
  await made.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Revoke Reports' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('Reports is revoked.').waitFor()
  for (const one of [key, next]) assert.equal(await statusWith(one, '/audit'), 401)
  assert.deepEqual(failures, [])
  await context.close()
})

test('a viewer finds the pages that they can use, and on them buttons that say what they lack', async () => {
  const grants = [{ role: 'viewer', reach: { tags: ['gold'] } }]
  const { key } = (await installation.call('POST', '/keys', { name: 'A viewer', grants })) as { key: string }
  const { page, context, failures } = await openSignedIn(browser, installation)
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${key}` })
  await page.goto('/organizations')
  await page.getByRole('link', { name: 'Acme Corp' }).waitFor()
  await becomes(() => page.getByText('Globex').count(), 0)
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await pages.getByRole('link', { name: 'Executions' }).waitFor()
  for (const name of ['Settings', 'Audit', 'Schedules']) await becomes(() => pages.getByRole('link', { name }).count(), 0, name)
  const add = page.getByRole('button', { name: 'Add organization' })
  await becomes(() => add.getAttribute('aria-disabled'), 'true')
  await add.focus()
  await page.getByRole('tooltip', { name: /You do not have the permission “Manage organizations”/ }).waitFor()
  await page.getByRole('link', { name: 'Acme Corp' }).click()
  await page.getByRole('heading', { name: 'Acme Corp' }).waitFor()
  for (const name of ['Edit', 'Run a workflow', 'Deactivate organization', 'Add Integration Mapping'])
    await becomes(() => page.getByRole('button', { name }).getAttribute('aria-disabled'), 'true', name)
  assert.deepEqual(failures, [])
  await context.close()
})

test('an organization is given a tag, and found by it', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation)
  await page.getByRole('link', { name: 'Globex' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByLabel('Tags').fill('Silver')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Globex was changed.').waitFor()
  await page.goto('/organizations')
  await page.getByRole('link', { name: 'silver' }).click()
  await page.getByText('1 organization', { exact: true }).waitFor()
  await becomes(() => page.getByRole('link', { name: 'Acme Corp' }).count(), 0)
  assert.deepEqual(failures, [])
  await context.close()
})

test('a customer’s user sees what is theirs alone, no link leads to what is closed, and nothing that the pages ask is refused', async () => {
  const { organizations } = (await installation.call('GET', '/organizations?search=Globex')) as { organizations: { id: string }[] }
  const ids = organizations.map(({ id }) => id)
  const { key } = (await installation.call('POST', '/keys', {
    name: 'Gil of Globex',
    grants: [{ role: 'customer_user', reach: { organizations: ids }, workflows: ['request_access'] }],
  })) as { key: string }
  const { page, context, failures } = await openSignedIn(browser, installation)
  // The administrator's page asks nothing any more once the key speaks.
  await page.goto('about:blank')
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${key}` })
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.url().includes('/api/') && answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`)
  })
  await page.goto('/')
  await page.getByRole('heading', { name: 'Welcome, Gil of Globex' }).waitFor()
  await becomes(() => page.getByRole('list', { name: 'Your organizations' }).getByRole('listitem').allTextContents(), ['Globex'])
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await pages.getByRole('link', { name: 'Home' }).waitFor()
  await becomes(() => pages.getByRole('link').allTextContents(), ['Home', 'Forms', 'Requests', 'Approvals'])
  await page.getByRole('button', { name: 'Go to…' }).first().click()
  await page.getByPlaceholder(/./).fill('o')
  await page.getByRole('button', { name: 'Home' }).waitFor()
  await page.keyboard.press('Escape')
  await assertUsable(page)
  await page.getByRole('list', { name: 'Your forms' }).getByRole('link', { name: 'Request access' }).click()
  await page.getByText('Opens a room for a colleague.').waitFor()
  await page.getByRole('textbox', { name: 'Name of the colleague' }).fill('Ann')
  await page.getByRole('combobox', { name: 'Room' }).click()
  await page.getByRole('option', { name: 'Room of Globex' }).click()
  await page.setViewportSize({ width: 390, height: 900 })
  await assertUsable(page)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('It went through.').waitFor()
  await page.getByText('Name of the colleague').waitFor()
  await page.getByText('Room of Globex', { exact: true }).waitFor()
  await becomes(() => page.getByText('room-1').count(), 0, 'an option is shown by its label')
  await assertUsable(page)
  assert.ok(!(await page.content()).includes('the door is in halo'), 'what came of it is for roles that see results')
  await page.getByRole('navigation', { name: 'Pages above' }).getByRole('link', { name: 'Requests' }).click()
  const sent = page.getByRole('list', { name: 'Your requests' }).getByRole('listitem')
  await becomes(() => sent.filter({ hasText: 'Globex' }).filter({ hasText: 'Succeeded' }).count(), 1)
  await assertUsable(page)
  await page.setViewportSize({ width: 1280, height: 900 })
  for (const path of [
    '/organizations',
    `/organizations/${ids[0]}`,
    '/executions',
    '/workflows',
    '/mappings',
    '/values',
    '/audit',
    '/people',
  ]) {
    await page.goto(path)
    await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor()
  }
  await page.getByRole('link', { name: 'Go to your own page' }).click()
  await page.getByRole('heading', { name: 'Welcome, Gil of Globex' }).waitFor()
  assert.deepEqual(refused, [])
  assert.deepEqual(failures, [])
  await context.close()
})
