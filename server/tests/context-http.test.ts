import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answer, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'

// `context.http` from an integration's code to a vendor, with a real worker, gateway and runner: the credentials are never in the runner.

const secret = 'a-key-that-nobody-may-see-4711'

const integration = `
import { BaseIntegration, connectionFailure } from '@crosswalk/sdk'

class Client {
  #http
  #id
  constructor(http, id) { this.#http = http; this.#id = id }
  async users() { return this.#http.get('/organizations/' + encodeURIComponent(this.#id) + '/users') }
  async headers() { return this.#http.get('/headers', { headers: { 'x-mine': 'yes', authorization: 'mine' } }) }
}

export class Desk extends BaseIntegration {
  static integrationName = 'desk'
  static secrets = { desk_key: { label: 'API key', required: true } }
  static config = { desk_url: { label: 'API URL' } }
  static hosts = []
  static credentials = 'named'
  supportsOrgMapping() { return true }
  #http() {
    return this.context.http({ baseUrl: { config: 'desk_url' }, auth: { bearer: { secret: 'desk_key' } }, limits: [{ requests: 10000, perMs: 1000 }] })
  }
  async *listOrganizations() {
    for await (const page of this.#http().pages('/organizations', { items: 'items', next: { page: 'page' }, total: 'total' }))
      yield page.map(({ id, name }) => ({ id: String(id), name }))
  }
  async getClient(mapping) { return new Client(this.#http(), mapping.externalOrgId) }
  async testConnection(mapping) {
    try {
      await (await this.getClient(mapping)).users()
      return { success: true, message: 'Connected' }
    } catch (error) {
      return connectionFailure(error)
    }
  }
}
`

const workflows = `
import { workflow } from '@crosswalk/sdk'

export const users = workflow({ name: 'desk_users', description: 'Lists users.' }, async (ctx) => {
  const client = await ctx.getIntegration('desk')
  return { users: await client.users(), headers: await client.headers() }
})

export const own = workflow({ name: 'desk_own', description: 'Calls the vendor itself.' }, async (ctx) => {
  const http = ctx.http({ baseUrl: { config: 'desk_url' }, auth: { header: 'x-api-key', value: { secret: 'desk_key' } } })
  const made = await http.post('/tickets?notify=1', { json: { subject: 'Disk full' } })
  const response = await http.fetch('/text')
  const failure = await http.get('/refused').catch((error) => ({ name: error.name, kind: error.kind, status: error.status }))
  return { made, text: await response.text(), failure }
})
`

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let vendor: SimulatedVendor
let processes: TestProcesses
let total = 4

before(async () => {
  const items = Array.from({ length: 4 }, (_, index) => ({ id: index + 1, name: `Customer ${index + 1}` }))
  vendor = await simulateVendor(
    {
      'GET /organizations': ({ query }) => ({ total, items: items.slice(2 * (Number(query.get('page')) - 1)).slice(0, 2) }),
      'GET /organizations/:id/users': [{ id: 1, name: 'Ada' }],
      'GET /headers': ({ headers }) => ({ mine: headers['x-mine'] ?? null, ticket: headers['crosswalk-ticket'] ?? null }),
      'POST /tickets': ({ body }) => answer(201, { id: 1, asked: body ?? null }),
      'GET /text': 'plain',
      'GET /refused': answer(403, { message: 'Not for you' }),
    },
    {
      guard: ({ headers }) =>
        headers.authorization === `Bearer ${secret}` || headers['x-api-key'] === secret
          ? undefined
          : answer(401, { message: 'Unknown key' }),
    },
  )
  workspace = await temporaryWorkspace({ 'integrations/desk.ts': integration, 'workflows/desk.ts': workflows })
  processes = await startProcesses(workspace.path)
  await processes.startWorker({ CROSSWALK_EGRESS_ALLOW: '127.0.0.1' })
  await processes.call('POST', '/secrets', { key: 'desk_key', value: secret, scope: 'global' })
  await processes.call('PUT', '/config/desk_url', { value: vendor.url, scope: 'global' })
  await processes.map('desk', '7')
})
after(async () => {
  await processes[Symbol.asyncDispose]()
  await vendor.stop()
  await workspace[Symbol.asyncDispose]()
})

test('a client of an integration calls its vendor with the credentials that it names, and its code never has them', async () => {
  const execution = await processes.ended(await processes.execute('desk_users'))
  assert.equal(execution.error, null)
  assert.deepEqual(execution.result, { users: [{ id: 1, name: 'Ada' }], headers: { mine: 'yes', ticket: null } })
  assert.deepEqual(
    execution.steps.map(({ name }) => name),
    ['desk.users', 'desk.headers'],
  )
})

test("a workflow's own JSON calls are steps, and a failure has its kind", async () => {
  const execution = await processes.ended(await processes.execute('desk_own'))
  assert.equal(execution.error, null)
  assert.deepEqual(execution.result, {
    made: { id: 1, asked: { subject: 'Disk full' } },
    text: '"plain"',
    failure: { name: 'VendorError', kind: 'permission', status: 403 },
  })
  assert.deepEqual(
    execution.steps.map(({ name, status }) => [name, status]),
    [
      ['POST /tickets', 'success'],
      ['GET /refused', 'failed'],
    ],
  )
})

test('a discovery whose list is not whole fails with its kind, and marks nobody gone', async () => {
  type Listing = { external_organizations: { id: string }[]; error?: string; message: string; details: Record<string, unknown> }
  const first = await processes.call<Listing>('GET', '/integrations/desk/discover')
  assert.equal(first.status, 200, JSON.stringify(first.body))
  total = 6
  const second = await processes.call<Listing>('GET', '/integrations/desk/discover?refresh=true')
  assert.equal(second.status, 502, JSON.stringify(second.body))
  assert.match(JSON.stringify(second.body), /said that there are 6 items and gave 4.*gave only a part of a list: try again/)
  total = 4
  const gone = await processes.call<Listing>('GET', '/integrations/desk/external-organizations?gone=true')
  assert.deepEqual(gone.body.external_organizations, [])
  const kept = await processes.call<Listing>('GET', '/integrations/desk/external-organizations')
  assert.equal(kept.body.external_organizations.length, 4)
})

test('a key that the vendor does not take leads to the credentials', async () => {
  await processes.call('POST', '/secrets', { key: 'desk_key', value: 'another', scope: 'global' })
  const execution = await processes.ended(await processes.execute('desk_users'))
  assert.equal(execution.error?.details.kind, 'credentials')
  assert.match(String(execution.error?.details.guidance), /did not accept the credentials: check the secret 'API key' \(desk_key\)/)
})

test('the secret is nowhere in what executions leave behind', async () => {
  const tables = await processes.rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  )
  for (const { name } of tables) {
    const found = await processes.rows(`select 1 from "${name}" t where t::text like $1 limit 1`, [`%${secret}%`])
    assert.deepEqual(found, [], name)
  }
})
