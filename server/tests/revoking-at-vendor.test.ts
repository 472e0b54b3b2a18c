import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'
import { startTokenVendor, type TokenVendor } from '../testing/token-vendor.ts'

// Who revokes a connection ends the consent at the vendor, too, where the integration says how (RFC 7009).

const integration = `
import { BaseIntegration } from '@crosswalk/sdk'

const account = {
  owner: 'organization', authorizeUrl: 'https://login.books.example/authorize', tokenUrl: { config: 'books_token_url' },
  clientId: 'books client', clientSecret: { secret: 'books_secret' },
}

export class Books extends BaseIntegration {
  static integrationName = 'books'
  static credentials = 'named'
  static hosts = ['login.books.example']
  static secrets = { books_secret: { label: 'Client secret' } }
  static config = { books_url: { label: 'URL' }, books_token_url: { label: 'Token URL' }, books_revoke_url: { label: 'URL to revoke' } }
  static connections = {
    company: { ...account, label: 'Company', revokeUrl: { config: 'books_revoke_url' } },
    basic: { ...account, label: 'Company', clientIn: 'basic', revokeUrl: { config: 'books_revoke_url' } },
    elsewhere: { ...account, label: 'Company', revokeUrl: 'https://login.other.example/revoke' },
    silent: { ...account, label: 'Company' },
  }
  supportsOrgMapping() { return true }
  async getClient() {
    const http = this.context.http({ baseUrl: { config: 'books_url' }, auth: { connection: 'company' } })
    return { read: async () => http.get('/invoices') }
  }
  async testConnection() { return { success: true, message: 'Connected.' } }
}

`

const workflow = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
export const reading = workflow({ name: 'reading', description: 'Reads.', parameters: z.object({}) }, async (ctx) => (await ctx.getIntegration('books')).read())
`

const parts = new AsyncDisposableStack()
let it: TestInstallation
let vendor: TokenVendor
let acme = ''
let count = 0

before(async () => {
  const workspace = parts.use(await temporaryWorkspace({ 'integrations/books.ts': integration, 'workflows/reading.ts': workflow }))
  it = parts.use(await startTestInstallation(workspace.path))
  vendor = parts.use(await startTokenVendor())
  acme = (await it.call('POST', '/api/organizations', { name: 'Acme' })).body.id
  const mapped = { integration_name: 'books', external_org_id: '1', external_org_name: 'Acme' }
  await it.call('POST', `/api/organizations/${acme}/integrations`, mapped)
  await it.call('POST', '/api/secrets', { key: 'books_secret', value: 'hush hush', scope: 'global' })
  await setUrl('books_url', vendor.url)
  await setUrl('books_token_url', `${vendor.url}/token`)
})
beforeEach(async () => {
  await setUrl('books_revoke_url', `${vendor.url}/revoke`)
  vendor.revocations.length = 0
  vendor.answerRevocation = undefined
  vendor.answer = () => {
    count++
    vendor.good.add(`access-${count}`)
    return { body: { access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 3_600 } }
  }
})
after(() => parts.disposeAsync())

const setUrl = (key: string, value: string) => it.call('PUT', `/api/config/${key}`, { value, scope: 'global' })

/** @returns its id */
async function givenConnected(name = 'company'): Promise<string> {
  const begun = await it.api.app.inject({
    ...{ method: 'POST', url: '/api/connections/start', headers: { authorization: 'Bearer test-administrator-key' } },
    payload: { integration_name: 'books', name, org_id: acme },
  })
  assert.equal(begun.statusCode, 200, begun.body)
  const [cookie = ''] = String(begun.headers['set-cookie']).split(';')
  const state = new URL(begun.json().authorization_url).searchParams.get('state')
  const page = await it.api.app.inject({ url: `/api/connections/callback?state=${state}&code=x`, headers: { cookie } })
  assert.equal(page.statusCode, 200, page.body)
  return (await it.call('GET', '/api/connections')).body.connections.find((one: { name: string }) => one.name === name).id
}

const revoke = (id: string) => it.call('DELETE', `/api/connections/${id}`)

/** It is forgotten here in any case, with what happened in the audit. */
async function requireForgotten(id: string, message: string | undefined): Promise<void> {
  assert.equal((await revoke(id)).status, 404)
  assert.deepEqual((await it.call('GET', '/api/connections')).body.connections, [])
  assert.deepEqual(await readInScope(it.api.db, 'allOrganizations', sql`select id from vendor_tokens`), [])
  const [event] = (await it.call('GET', `/api/audit?action=vendor_connection.revoked&org_id=${acme}`)).body.events
  assert.deepEqual(event.changes, message === undefined ? {} : { at_vendor: { before: null, after: message } })
}

const host = '127.0.0.1'

test('the vendor is asked to end the consent by its refresh token, with what the client says of itself', async () => {
  const id = await givenConnected()
  const { status, body } = await revoke(id)
  const message = `${host} has ended the consent.`
  assert.deepEqual([status, body], [200, { at_vendor: { outcome: 'revoked', host, status: 200, vendor_code: null, message } }])
  const [{ fields, headers }] = vendor.revocations as [TokenVendor['revocations'][number]]
  assert.deepEqual(fields, {
    ...{ token: `refresh-${count}`, token_type_hint: 'refresh_token', client_id: 'books client', client_secret: 'hush hush' },
  })
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded')
  await requireForgotten(id, message)
  assert.equal(vendor.revocations.length, 1)
})

test('the client is in Authorization where the connection says so, and an access token is ended where there is no other', async () => {
  vendor.answer = () => ({ body: { access_token: 'access-alone', expires_in: 3_600 } })
  const id = await givenConnected('basic')
  assert.equal((await revoke(id)).body.at_vendor.outcome, 'revoked')
  const [{ fields, headers }] = vendor.revocations as [TokenVendor['revocations'][number]]
  assert.deepEqual(fields, { token: 'access-alone', token_type_hint: 'access_token' })
  assert.equal(headers.authorization, `Basic ${Buffer.from('books+client:hush+hush').toString('base64')}`)
})

test('a vendor that answers otherwise is told with what it said, without what it was sent', async () => {
  const id = await givenConnected()
  vendor.answerRevocation = ({ fields }) => ({
    status: 400,
    body: { error: 'invalid_client', error_description: `${fields.client_secret} is wrong for ${fields.token}` },
  })
  const { status, body } = await revoke(id)
  const message = `${host} did not end the consent: it answered 400 (invalid_client: [secret] is wrong for [secret]). End the consent at the vendor.`
  assert.equal(status, 200)
  assert.deepEqual(body.at_vendor, { outcome: 'refused', host, status: 400, vendor_code: 'invalid_client', message })
  await requireForgotten(id, message)
})

test('what a vendor echoes in escapes, as .NET writes JSON, is masked', async () => {
  await it.call('POST', '/api/secrets', { key: 'books_secret', value: 's3cr+et<&>hush', scope: 'global' })
  const id = await givenConnected()
  const escaped = (text: string) => text.replace(/[+<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  vendor.answerRevocation = ({ fields }) => ({
    status: 400,
    body: escaped(`{"error":"invalid_request","error_description":"${fields.client_secret} is not of ${fields.token}"}`),
  })
  const { body } = await revoke(id)
  const message = `${host} did not end the consent: it answered 400 (invalid_request: [secret] is not of [secret]). End the consent at the vendor.`
  assert.equal(body.at_vendor.message, message)
  await requireForgotten(id, message)
  await it.call('POST', '/api/secrets', { key: 'books_secret', value: 'hush hush', scope: 'global' })
})

test('a token that the vendor does not know any more has ended there', async () => {
  const id = await givenConnected()
  vendor.answerRevocation = () => ({ status: 400, body: { error: 'invalid_token' } })
  assert.partialDeepStrictEqual((await revoke(id)).body.at_vendor, { outcome: 'revoked', status: 400 })
})

test('a vendor that asks to come later is asked once more, and a redirect is not followed', async () => {
  const first = await givenConnected()
  vendor.answerRevocation = () => (vendor.revocations.length === 1 ? { status: 503 } : {})
  assert.partialDeepStrictEqual((await revoke(first)).body.at_vendor, { outcome: 'revoked', status: 200 })
  assert.equal(vendor.revocations.length, 2)
  const second = await givenConnected()
  vendor.answerRevocation = () => ({ status: 307, headers: { location: `${vendor.url}/revoke-elsewhere` } })
  assert.partialDeepStrictEqual((await revoke(second)).body.at_vendor, { outcome: 'refused', status: 307 })
  assert.equal(vendor.revocations.length, 3)
})

test('a vendor that is not there keeps nobody from forgetting the connection', async () => {
  const closed = createServer().listen(0, host)
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  await setUrl('books_revoke_url', `http://${host}:${port}/revoke`)
  const id = await givenConnected()
  const { at_vendor } = (await revoke(id)).body
  assert.partialDeepStrictEqual(at_vendor, { outcome: 'unreachable', host, status: null })
  assert.match(
    at_vendor.message,
    /^127\.0\.0\.1 could not be asked to end the consent: .*ECONNREFUSED.*\. End the consent at the vendor\.$/,
  )
  await requireForgotten(id, at_vendor.message)
})

test('the gateway lets it go where the integration may go, and nowhere else', async () => {
  const other = await givenConnected('elsewhere')
  const refused = (await revoke(other)).body.at_vendor
  assert.equal(refused.outcome, 'not_asked')
  assert.match(refused.message, /login\.other\.example/)
  await requireForgotten(other, refused.message)
  // A private address, of an organization's own config: neither the global secret nor the token goes there.
  const id = await givenConnected()
  await it.call('PUT', '/api/config/books_revoke_url', { value: 'http://10.1.2.3/revoke', scope: 'organization', org_id: acme })
  const own = (await revoke(id)).body.at_vendor
  assert.equal(own.outcome, 'not_asked')
  assert.match(own.message, /10\.1\.2\.3/)
  await it.call('DELETE', `/api/config/books_revoke_url?scope=organization&org_id=${acme}`)
  await setUrl('books_revoke_url', 'http://10.1.2.3/revoke')
  const inside = (await revoke(await givenConnected())).body.at_vendor
  assert.equal(inside.outcome, 'not_asked')
  assert.match(inside.message, /10\.1\.2\.3 was not asked to end the consent/)
  assert.deepEqual(vendor.revocations, [])
})

test('a vendor is not asked where a value is missing, and the sentence says which', async () => {
  await it.call('DELETE', '/api/config/books_revoke_url?scope=global')
  const id = await givenConnected()
  const { at_vendor } = (await revoke(id)).body
  assert.deepEqual([at_vendor.outcome, at_vendor.host], ['not_asked', null])
  assert.match(at_vendor.message, /'books_revoke_url' is not set.*End the consent at the vendor\.$/)
  await requireForgotten(id, at_vendor.message)
})

test('a connection whose integration names no address to revoke is forgotten here alone', async () => {
  const id = await givenConnected('silent')
  assert.deepEqual(await revoke(id), { status: 204, body: null })
  await requireForgotten(id, undefined)
  assert.deepEqual(vendor.revocations, [])
  const { connections } = (await it.call('GET', '/api/integrations/books')).body
  assert.deepEqual(
    connections.map(({ name, is_revoked_at_vendor }: Record<string, unknown>) => [name, is_revoked_at_vendor]),
    [
      ['company', true],
      ['basic', true],
      ['elsewhere', true],
      ['silent', false],
    ],
  )
})

test('a renewal that is under way is waited for: the refresh token that it brings is the one that ends', async () => {
  const id = await givenConnected()
  vendor.good.clear()
  await readInScope(it.api.db, 'allOrganizations', sql`update vendor_tokens set expires_at = now() returning id`)
  const answer = vendor.answer
  const begun = Promise.withResolvers<ReturnType<typeof revoke>>()
  vendor.answer = async (given) => {
    // Not awaited here: it waits for this answer.
    const revoking = revoke(id)
    begun.resolve(revoking)
    return (await answer?.(given)) ?? {}
  }
  const headers = { 'x-organization-id': acme }
  const called = it.call('POST', '/api/workflows/execute', { workflow_name: 'reading', parameters: {} }, headers)
  assert.equal((await begun.promise).body.at_vendor.outcome, 'revoked')
  await called
  assert.deepEqual(
    vendor.revocations.map(({ fields }) => fields.token),
    [`refresh-${count}`],
  )
  await requireForgotten(id, `${host} has ended the consent.`)
})
