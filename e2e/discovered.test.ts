import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation, vendorKey } from './installation.ts'

let installation: Installation
let browser: Browser

before(async () => {
  installation = await startInstallation()
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

test('what an integration lists is discovered from its own page, once its credentials are there', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/integrations/myintegration/history' })
  await page.getByText('No discovery ran with these credentials yet').waitFor()
  await page.getByRole('tab', { name: 'Discovered', exact: true }).click()
  await page.getByText('Nothing was discovered with these credentials yet').waitFor()
  const discover = page.getByRole('button', { name: 'Discover now' })
  await page.getByText('Set API key first.').waitFor()
  await becomes(() => discover.getAttribute('aria-disabled'), 'true')
  await page.getByRole('link', { name: 'Open its credentials' }).click()
  await page.getByRole('button', { name: 'Set credentials' }).waitFor()
  await installation.giveCredentials()

  await page.goto('/integrations/myintegration/discovered')
  await discover.click()
  await page.getByText('MyIntegration lists 2 organizations.').waitFor()
  await page.getByRole('row').filter({ hasText: 'Wayne Enterprises' }).getByText('Not mapped').waitFor()
  await page.getByRole('tab', { name: 'Discovery history' }).click()
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('when the vendor cannot be reached, the failure stands above what was known before', async () => {
  await installation.giveCredentials()
  await installation.call('GET', '/integrations/myintegration/discover')
  installation.vendor.faults.down()
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/myintegration/discovered' })
  try {
    await page.getByRole('button', { name: 'Discover now' }).click()
    await page.getByText('Could not reach MyIntegration').waitFor()
    await page.getByText('The list below is from the last successful discovery.').waitFor()
    await page.getByText('Acme Corp').waitFor()
  } finally {
    installation.vendor.faults.clear()
  }
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('MyIntegration lists 2 organizations.').waitFor()
  await becomes(() => page.getByText('Could not reach MyIntegration').count(), 0)
  await context.close()
})

test('credentials are checked as soon as they are saved, and the old outcome goes', async () => {
  await installation.giveCredentials()
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/integrations/myintegration' })
  const panel = page.getByRole('region', { name: 'Credentials and config' })
  const refusal = panel.getByRole('alert')
  const accepted = panel.getByText('MyIntegration accepts the credentials: it lists 2 organizations.')
  const ticks = panel.locator('.mantine-Badge-root svg')
  const setKey = async (key: string) => {
    await page.getByRole('button', { name: 'Change credentials' }).click()
    await page.getByRole('textbox', { name: 'API key', exact: true }).fill(key)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  await setKey('a wrong key')
  await refusal.getByText('MyIntegration did not confirm the credentials').waitFor()
  assert.doesNotMatch((await refusal.textContent()) ?? '', /known before/)
  await becomes(() => ticks.count(), 0, 'what the vendor refuses is not ticked')
  await setKey(vendorKey)
  await accepted.waitFor()
  await ticks.first().waitFor()
  await becomes(() => refusal.count(), 0)
  await page.reload()
  await ticks.first().waitFor()
  await page.getByRole('button', { name: 'Check credentials' }).click()
  await accepted.waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('an address that is none and a key with a space beside it are told where they are entered', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/myintegration' })
  await page.getByRole('button', { name: 'Change credentials' }).click()
  const url = page.getByRole('textbox', { name: 'API URL' })
  const warning = page.getByText('This is no web address: it begins with https://.')
  await url.fill('https:')
  await becomes(() => warning.count(), 0)
  await url.fill('not an address')
  await warning.waitFor()
  await url.fill('https://api.example')
  await warning.waitFor({ state: 'hidden' })
  const key = page.getByRole('textbox', { name: 'API key', exact: true })
  await key.fill(' a key ')
  await page.getByText('It begins or ends with a space').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Remove the space' }).click()
  await becomes(() => key.inputValue(), 'a key')
  await page.getByText('It begins or ends with a space').waitFor({ state: 'hidden' })
  await context.close()
})

const secondTool = `
import { BaseIntegration } from '@crosswalk/sdk'

export class SecondTool extends BaseIntegration<object> {
  static integrationName = 'second_tool'
  static displayName = 'Second Tool'
  static secrets = { second_tool_key: { label: 'Key', required: true } }

  override supportsOrgMapping() {
    return true
  }
  async getClient() {
    return {}
  }
  async testConnection() {
    return { success: true, message: 'It works.' }
  }
}
`

test('with several integrations the first steps say that one is enough, and the dashboard does not say the same twice', async () => {
  await using fresh = await startInstallation({ files: { 'integrations/second-tool.ts': secondTool } })
  const { page, context } = await openSignedIn(browser, fresh, { path: '/' })
  await page.getByText('One is enough to begin with: MyIntegration or Second Tool.').waitFor()
  await page.getByText('No workflow ran in the last 24 hours.').waitFor()
  await becomes(() => page.getByRole('region', { name: 'Missing credentials' }).count(), 0)
  await page.getByRole('button', { name: 'Choose an integration' }).click()
  await page.getByRole('link', { name: 'Second Tool' }).waitFor()
  await context.close()
})
