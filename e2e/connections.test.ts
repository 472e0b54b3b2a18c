import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes, violationsOf } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser

/** Whether the vendor ends consents. */
let isEnding = true

/** A vendor where everybody consents at once. */
const vendor = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://vendor')
  if (pathname === '/authorize') {
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries({ code: 'consented', state: searchParams.get('state') ?? '', company: 'Company 42' }))
      back.searchParams.set(name, value)
    return void response.writeHead(302, { location: back.href }).end()
  }
  if (pathname === '/revoke' && !isEnding) return void response.writeHead(400).end('{"error":"unsupported_token_type"}')
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ access_token: 'a-token', refresh_token: 'another', expires_in: 3_600 }))
})

const books = (url: string) => `
import { BaseIntegration } from '@crosswalk/sdk'
export class Books extends BaseIntegration {
  static integrationName = 'books'
  static displayName = 'Books'
  static credentials = 'named' as const
  static connections = {
    company: {
      label: 'Books company', authorizeUrl: '${url}/authorize', tokenUrl: '${url}/token',
      revokeUrl: '${url}/revoke', clientId: 'crosswalk', externalId: 'company',
    },
    site: { label: 'Books site', owner: 'mapping', authorizeUrl: '${url}/authorize', tokenUrl: '${url}/token', clientId: 'crosswalk' },
  } as const
  supportsOrgMapping() {
    return true
  }
  async getClient() {
    return {}
  }
  async testConnection() {
    return { success: true, message: 'Fine.' }
  }
}
`

before(async () => {
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  const url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  installation = await startInstallation({ files: { 'integrations/books.ts': books(url) } })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
  vendor.close()
})

test('a person connects at the vendor, comes back, and sees what is connected; revoked, it is gone', async () => {
  const { page, failures } = await openSignedIn(browser, installation, { path: '/integrations' })
  await page.getByRole('link', { name: 'Not connected: Books company, Books site' }).click()
  await page.getByText('Not connected').waitFor()
  await page.getByRole('button', { name: 'Connect', exact: true }).first().click()
  await page.getByRole('heading', { name: 'Books company is connected' }).waitFor()
  await page.getByRole('link', { name: 'Open Crosswalk' }).click()
  await page.getByText('as Company 42').waitFor()
  await page.getByText('Named: the platform puts them into requests').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByText('Crosswalk asks the vendor to end the consent.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('The connection was revoked. 127.0.0.1 has ended the consent.').waitFor()
  await page.getByText('Not connected').waitFor()
  assert.deepEqual(failures, [])
})

test('a mapping is connected where it is: an organization without one is told to be mapped first', async () => {
  const { id } = (await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }
  const { page, failures } = await openSignedIn(browser, installation, { path: '/integrations/books' })
  const choose = async () => {
    await page.getByRole('combobox', { name: 'Connect a mapping of' }).click()
    await page.getByRole('option', { name: 'Acme' }).click()
  }
  await choose()
  await page.getByText('is not mapped in Books yet').waitFor()
  await page.getByRole('link', { name: 'Map it' }).click()
  await page.waitForURL(`**/organizations/${id}/integrations?integration=books`)
  const mapping = { integration_name: 'books', external_org_id: '7', external_org_name: 'Acme Books' }
  await installation.call('POST', `/organizations/${id}/integrations`, mapping)
  await page.goto('/integrations/books')
  await choose()
  await page.getByRole('button', { name: 'Connect', exact: true }).last().click()
  await page.getByRole('heading', { name: 'Books site is connected' }).waitFor()
  await page.getByRole('link', { name: 'Open Crosswalk' }).click()
  await page.getByText('Acme, mapped to Acme Books').waitFor()
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByText('The integration does not say how to end the consent').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('The connection was revoked. End the consent at the vendor, too.').waitFor()
  assert.deepEqual(failures, [])
})

test('a link shows for whom it connects, on a phone too and without signing in, until it is revoked', async () => {
  const link = (await installation.call('POST', '/connections/links', { integration_name: 'books', name: 'company' })) as { url: string }
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(link.url)
  await page.getByRole('heading', { name: 'Connect Books for all organizations' }).waitFor()
  await page.getByText('Administrator key').waitFor()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await violationsOf(page), [])
  }
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  assert.ok((width[0] ?? 0) <= (width[1] ?? 0), 'nothing stands beside the page')
  await page.getByRole('link', { name: /^Continue to 127\.0\.0\.1/ }).click()
  await page.getByRole('heading', { name: 'Books company is connected' }).waitFor()
  await page.goto(link.url)
  await page.getByText('Somebody has connected already').waitFor()
  await context.close()

  const again = (await installation.call('POST', '/connections/links', { integration_name: 'books', name: 'company' })) as { url: string }
  const signedIn = await openSignedIn(browser, installation, { path: '/integrations/books' })
  await signedIn.page.getByText('Links that nobody has used').waitFor()
  await signedIn.page.getByRole('button', { name: 'Revoke link' }).click()
  await signedIn.page.getByText('Links that nobody has used').waitFor({ state: 'detached' })
  await signedIn.page.goto(again.url)
  await signedIn.page.getByText('This link to connect was revoked').waitFor()
  assert.deepEqual(signedIn.failures, [])
})

test('a vendor that does not end the consent is named with what it said, until somebody closes that', async () => {
  isEnding = false
  const { page, failures } = await openSignedIn(browser, installation, { path: '/integrations/books' })
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  const notice = page.getByRole('alert').filter({ hasText: 'The connection was revoked here, and not at the vendor' })
  await notice.getByText('it answered 400 (unsupported_token_type). End the consent at the vendor.').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await notice.getByRole('button', { name: 'Close' }).click()
  await notice.waitFor({ state: 'detached' })
  assert.deepEqual(failures, [])
})
