import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

type Heard = { method: string; url: string; headers: IncomingHttpHeaders; body: string }

let installation: Installation
let browser: Browser
let orgId: string
const heard: Heard[] = []

const vendor = createServer(async (request, response): Promise<unknown> => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { method = '', url = '', headers } = request
  heard.push({ method, url, headers, body })
  response.writeHead(url.startsWith('/tickets') ? 422 : 200, { 'content-type': 'application/json' })
  if (url === '/page') return response.end('<html>Sign in</html>')
  if (url === '/token') return response.end(JSON.stringify({ access_token: 'a-token-of-the-desk', expires_in: 3_600 }))
  return response.end(JSON.stringify(url.startsWith('/tickets') ? { error: 'no subject', sent: headers.authorization } : { fine: true }))
})

const calling = (url: string, otherUrl: string) => `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
export const asksVendors = workflow({ name: 'asks_vendors', description: 'x', parameters: z.object({}) }, async (ctx) => {
  const http = ctx.http({ baseUrl: '${url}', auth: { bearer: { secret: 'desk_key' } } })
  await http.get('/customers')
  await http.post('/tickets/of%20Acme', { json: { note: "isn't $HOME or \`id\`" }, query: { mode: 'strict' } }).catch(() => null)
  await ctx.step('ask the other', () => ctx.http({ baseUrl: '${otherUrl}' }).get('/sites'))
})
export const needsToken = workflow({ name: 'needs_token', description: 'x', parameters: z.object({}) }, async (ctx) => {
  const oauth2 = { grant: 'client_credentials', tokenUrl: '/token', clientId: 'crosswalk', clientSecret: { secret: 'desk_key' } } as const
  const http = ctx.http({ baseUrl: '${url}', auth: { oauth2 } })
  await http.get('/customers')
  await http.get('/page').catch(() => null)
})
`

const byHand = `
import { BaseIntegration } from '@crosswalk/sdk'
export class ByHand extends BaseIntegration {
  static integrationName = 'by_hand'
  static displayName = 'By hand'
  static secrets = { by_hand_key: { label: 'Key' } }
  getClient() {
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
  const { port } = vendor.address() as AddressInfo
  installation = await startInstallation({
    files: {
      'workflows/asks-vendors.ts': calling(`http://127.0.0.1:${port}`, `http://localhost:${port}`),
      'integrations/by-hand.ts': byHand,
    },
    environment: { CROSSWALK_RECORD_BODIES: 'failures' },
  })
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  await installation.call('POST', '/secrets', { key: 'desk_key', value: 'a-key-of-the-desk', scope: 'global' })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
  vendor.close()
})

/** Runs a workflow to its end, and opens the page of its execution. */
async function openRunOf(workflowName: string) {
  const order = { workflow_name: workflowName }
  const answer = await installation.call('POST', '/workflows/execute?wait=60', order, { 'X-Organization-Id': orgId })
  const { execution_id: id, status } = answer as { execution_id: string; status: string }
  assert.equal(status, 'success')
  return openSignedIn(browser, installation, { path: `/executions/${id}` })
}

test('calls to vendors are found by vendor and answer, opened by the keyboard, and made again by the command that is copied', async () => {
  const { page, context, failures } = await openRunOf('asks_vendors')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const calls = page.getByRole('group', { name: 'Calls to vendors' })
  const opener = calls.getByRole('button', { name: 'Details' })
  await page.getByText('3 calls, 1 failed.').waitFor()
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: /^localhost:/ }).click()
  await calls.getByText('ask the other').waitFor()
  await becomes(() => opener.count(), 1)
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: 'All vendors' }).click()
  await becomes(() => opener.count(), 3)
  await page.getByRole('combobox', { name: 'Answer' }).click()
  await page.getByRole('option', { name: 'Refused (4xx)' }).click()
  await becomes(() => opener.count(), 1)

  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByText('"sent":"Bearer [secret]"').waitFor()
  assert.equal(await opener.getAttribute('aria-expanded'), 'true')
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  assert.doesNotMatch(command, /a-key-of-the-desk|mode=strict/)

  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`])
  assert.equal(stdout, '{"error":"no subject"}')
  const [first, again] = heard.filter(({ method }) => method === 'POST')
  assert.equal(first?.headers.authorization, 'Bearer a-key-of-the-desk')
  assert.deepEqual(
    [again?.url, again?.body, again?.headers['content-type'], again?.headers.authorization],
    ['/tickets/of%20Acme', first?.body, 'application/json', undefined],
  )
  await page.keyboard.press('Escape')
  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByText('"sent":"Bearer [secret]"').waitFor({ state: 'detached' })
  assert.deepEqual(failures, [])
  await context.close()
})

test('a request for a token is marked as one and not offered as a command, and a web page with 200 is a failure', async () => {
  const { page, context, failures } = await openRunOf('needs_token')
  await page.getByText('2 calls and 1 request for a token, 1 failed.').waitFor()
  const calls = page.getByRole('group', { name: 'Calls to vendors' })
  await calls.getByRole('row', { name: /GET \/page .*200 invalid response/ }).waitFor()
  const row = calls.getByRole('row', { name: /POST \/token .*for a token/ })
  await row.getByRole('button', { name: 'Details' }).click()
  await calls.getByText('Crosswalk made this request, since the call needed a token.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Copy as curl' }).count(), 0)
  assert.doesNotMatch((await page.textContent('body')) ?? '', /a-key-of-the-desk|a-token-of-the-desk/)
  assert.deepEqual(await violationsInBothSchemes(page), [])
  assert.deepEqual(failures, [])
  await context.close()
})

test('the list of integrations says whose code still reads secrets', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/integrations' })
  await page.getByRole('link', { name: 'MyIntegration' }).waitFor()
  await becomes(() => page.getByText('Reads secrets').count(), 1)
  await page.getByRole('searchbox', { name: 'Search integrations' }).fill('reads secrets')
  await page.getByRole('link', { name: 'MyIntegration' }).waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'By hand' }).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  assert.deepEqual(failures, [])
  await context.close()
})
