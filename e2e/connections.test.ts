import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser

/** A vendor where everybody consents at once. */
const vendor = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://vendor')
  if (pathname === '/authorize') {
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries({ code: 'consented', state: searchParams.get('state') ?? '', company: 'Company 42' }))
      back.searchParams.set(name, value)
    return void response.writeHead(302, { location: back.href }).end()
  }
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
      clientId: 'crosswalk', externalId: 'company',
    },
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
  const { page, failures } = await openSignedIn(browser, installation, { path: '/integrations/books' })
  await page.getByText('Not connected').waitFor()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('heading', { name: 'Books company is connected' }).waitFor()
  await page.getByRole('link', { name: 'Open Crosswalk' }).click()
  await page.getByText('as Company 42').waitFor()
  await page.getByText('Named: the platform puts them into requests').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('Not connected').waitFor()
  assert.deepEqual(failures, [])
})
