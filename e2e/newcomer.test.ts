import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { startInstallation, vendorKey } from './installation.ts'

/** With more clicks, keys and filled fields than this, a person who is here for the first time has begun to search. */
const maxActs = 12

/** Does what a person can do with what is on the screen, and counts it. */
function personAt(page: Page) {
  let acts = 0
  const act = async (done: Promise<void>) => {
    acts += 1
    await done
  }
  return {
    acts: () => acts,
    click: (name: string) => act(page.getByRole('button', { name, exact: true }).click()),
    choose: (name: RegExp) => act(page.getByRole('option', { name }).click()),
    enter: (label: string, text: string) => act(page.getByRole('textbox', { name: label, exact: true }).fill(text)),
    press: (key: string) => act(page.keyboard.press(key)),
    reads: (text: string | RegExp) => page.getByText(text).first().waitFor(),
  }
}

test('on a fresh installation a newcomer gets from the sign-in link to a tested mapping by what is on the screen', async (context) => {
  await using installation = await startInstallation()
  const browser = await launchBrowser()
  context.after(() => browser.close())
  const startedMs = performance.now()
  const { page, failures } = await openSignedIn(browser, installation, { path: '/' })
  const person = personAt(page)
  const step = (text: string) => page.getByRole('listitem').filter({ hasText: text }).waitFor()

  await person.click('Set credentials')
  await person.enter('API key', vendorKey)
  await person.enter('API URL', installation.vendor.url)
  await person.press('Enter')
  await step('Give MyIntegration its credentials (done)')

  await person.click('Add organization')
  await person.enter('Name', 'Acme')
  await person.press('Enter')
  await person.click('Add Integration Mapping')
  await person.click('Discover Organizations')
  await person.choose(/Acme Corp/)
  await person.click('Test Connection')
  await person.reads('Successfully connected to Acme Corp')
  await person.click('Save')
  await person.reads('Acme is mapped to Acme Corp.')

  const seconds = (performance.now() - startedMs) / 1_000
  context.diagnostic(`${person.acts()} acts and ${seconds.toFixed(1)} seconds from the sign-in link to the tested mapping`)
  assert.ok(person.acts() <= maxActs, `${person.acts()} acts`)
  await page.getByRole('link', { name: 'Dashboard' }).click()
  for (const done of ['Give MyIntegration its credentials (done)', 'Add an organization (done)', 'Map Acme (done)']) await step(done)
  const { mappings } = (await installation.call('GET', '/mappings')) as { mappings: Record<string, unknown>[] }
  assert.deepEqual(
    mappings.map(({ org_name, external_org_name, last_test_success }) => [org_name, external_org_name, last_test_success]),
    [['Acme', 'Acme Corp', true]],
  )

  await person.click('Choose a workflow')
  await page.getByText('Open one to run it for Acme.').waitFor()
  await page.getByRole('link', { name: 'sync_users', exact: true }).click()
  await person.click('Run')
  await page.getByText(/Synced \d+ users successfully/).waitFor()
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await page.getByRole('region', { name: 'By workflow' }).getByText('sync_users').waitFor()
  await page.getByRole('region', { name: 'First steps' }).waitFor({ state: 'hidden' })
  assert.deepEqual(failures, [])
})

test('credentials that the vendor does not accept are no done step: it says what the vendor said, and leads to them', async (context) => {
  await using installation = await startInstallation()
  const browser = await launchBrowser()
  context.after(() => browser.close())
  const { page, failures } = await openSignedIn(browser, installation, { path: '/' })
  const person = personAt(page)
  const step = page.getByRole('listitem').filter({ hasText: 'Give MyIntegration its credentials' })
  await person.click('Set credentials')
  await person.enter('API key', 'a wrong key')
  await person.enter('API URL', installation.vendor.url)
  await person.press('Enter')
  await step.getByText(/MyIntegration did not accept the credentials: .*401/).waitFor()
  await becomes(() => step.getByText('(done)').count(), 0)
  await person.click('Change credentials')
  await person.enter('API key', vendorKey)
  await person.press('Enter')
  await step.getByText('(done)').waitFor()
  assert.deepEqual(failures, [])
})

test('who goes to the mapping first sets the missing credentials there, and continues with the draft', async (context) => {
  await using installation = await startInstallation()
  const browser = await launchBrowser()
  context.after(() => browser.close())
  const { id } = (await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }
  const { page, failures } = await openSignedIn(browser, installation, { path: '/' })
  const person = personAt(page)
  const isDisabled = async (name: string) => (await page.getByRole('button', { name }).getAttribute('aria-disabled')) === 'true'
  const credentials = page.getByRole('dialog', { name: 'Credentials of MyIntegration' })

  await person.click('Add Integration Mapping')
  await person.reads('MyIntegration has no API key yet')
  await person.reads('Set API key first.')
  await becomes(() => isDisabled('Discover Organizations'), true)
  await page.getByText('Enter the id by hand').click()
  await person.enter('External organization id', '12345')
  await becomes(() => isDisabled('Test Connection'), true)
  await person.click('Set credentials')
  await credentials.waitFor()
  await person.press('Escape')
  await credentials.waitFor({ state: 'hidden' })
  await person.click('Set credentials')
  await person.enter('API key', 'a wrong key')
  await person.enter('API URL', installation.vendor.url)
  await person.press('Enter')
  await credentials.waitFor({ state: 'hidden' })

  await person.click('Test Connection')
  await person.reads('Connection failed')
  await person.click('Change credentials')
  await page.getByText('Only for Acme').click()
  await person.enter('API key', vendorKey)
  await person.press('Enter')
  await credentials.waitFor({ state: 'hidden' })
  await person.reads('Successfully connected to Acme Corp')
  const { secrets } = (await installation.call('GET', `/secrets?scope=organization&org_id=${id}`)) as { secrets: { key: string }[] }
  assert.deepEqual(
    secrets.map(({ key }) => key),
    ['myintegration_api_key'],
  )
  assert.deepEqual(failures, [])
})
