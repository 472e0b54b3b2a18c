import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { answer, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { temporaryWorkspace } from '../../testing/temporary-workspace.ts'
import { startTestInstallation, type TestInstallation } from '../../testing/test-installation.ts'
import { until } from '../../testing/until.ts'
import { ListedOrganizations } from './listed-organizations.ts'

// An integration that lists whatever its vendor sends, as the vendor sends it, and one that asks without our helpers.

const integrations = `
import { BaseIntegration, readJson } from '@crosswalk/sdk'

export class Patient extends BaseIntegration {
  static integrationName = 'patient'
  static config = { shop_url: { label: 'API URL' } }
  static timeoutsMs = { discovery: 120_000 }
  supportsOrgMapping() { return true }
  async getClient() { return {} }
  async testConnection() { return { success: true, message: 'ok' } }
  async listOrganizations() {
    const http = this.context.http({ baseUrl: { config: 'shop_url' }, limits: [{ requests: 1, perMs: 60_000 }] })
    await http.get('/list')
    await http.get('/list', { query: { again: true } })
    return []
  }
}
export class Leaky extends BaseIntegration {
  static integrationName = 'leaky'
  static secrets = { leaky_key: { label: 'API key' } }
  supportsOrgMapping() { return true }
  async getClient() { return {} }
  async testConnection() { return { success: true, message: 'ok' } }
  async listOrganizations() {
    const key = await this.context.getSecret('leaky_key')
    return [
      { id: '1', name: 'Plain', metadata: { code: 'A1' } },
      { id: '2', name: 'Holds ' + key, metadata: { code: 'A2' } },
      { id: '3', name: 'Quoted', metadata: { note: 'a "' + key + '" in quotes', deep: [{ ['k' + key]: 1 }] } },
      { id: '4', name: 'y'.repeat(185) + key, metadata: {} },
      { id: '5', name: ' Umlaut ä\\u0007 … ', metadata: { text: 'half \\ud800 and \\u0000 nul' } },
    ]
  }
}
class Lister extends BaseIntegration {
  static config = { shop_url: { label: 'API URL' } }
  static secrets = { shop_key: { label: 'API key' } }
  static timeoutsMs = { discovery: 20_000 }
  supportsOrgMapping() { return true }
  async getClient() { return {} }
  async testConnection() { return { success: true, message: 'ok' } }
}
export class Shop extends Lister {
  static integrationName = 'shop'
  async *listOrganizations() {
    const url = await this.context.getConfig('shop_url', '')
    for (let page = 1; page !== null; ) {
      const { items, next } = await readJson(await fetch(url + '/list?key=correct-horse&page=' + page))
      yield items
      page = next ?? null
    }
  }
}
export class Plain extends Lister {
  static integrationName = 'plain'
  async listOrganizations() {
    const url = await this.context.getConfig('shop_url', '')
    const response = await fetch(url + '/list?key=correct-horse', { method: 'POST' })
    if (!response.ok) await readJson(response, { method: 'POST' })
    return (await response.json()).items
  }
}
export class Signed extends Lister {
  static integrationName = 'signed'
  async listOrganizations() {
    const url = await this.context.getConfig('shop_url', '')
    await readJson(await fetch(url + '/oauth/token', { method: 'POST' }), { method: 'POST' })
    return []
  }
}
`

/** What the vendor answers to each page. */
let answers: (page: number) => Record<string, unknown>
let vendor: SimulatedVendor
let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let installation: TestInstallation

before(async () => {
  vendor = await simulateVendor({
    'GET /list': ({ query }) => answers(Number(query.get('page'))) as never,
    'POST /list': () => answers(1) as never,
    'POST /oauth/token': answer(400, { error: 'Bad credentials' }),
  })
  workspace = await temporaryWorkspace({ 'integrations/shop.ts': integrations })
  installation = await startTestInstallation(workspace.path)
  await installation.call('PUT', '/api/config/shop_url', { value: vendor.url, scope: 'global' })
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
  await vendor.stop()
})

const discover = (name = 'shop') => installation.call('GET', `/api/integrations/${name}/discover?refresh=true&wait=30`)
const detailsOf = async (id: string) => (await installation.call('GET', `/api/executions/${id}`)).body
const page = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, name: `Customer ${from + index}` }))

async function refused(name = 'shop') {
  const { status, body } = await discover(name)
  assert.deepEqual([status, body.error], [502, 'discovery_failed'], JSON.stringify(body))
  const { error } = await detailsOf(body.details.execution_id)
  return { reason: body.details.reason as string, guidance: body.details.guidance as string | null, details: error.details, body }
}

test('a vendor that repeats its page is noticed at once, and the real count is told', async () => {
  answers = () => ({ items: page(1, 2), next: 1 })
  const { reason, guidance, details } = await refused()
  assert.match(reason, /^shop gave page 2, which has nothing that was not in page 1 .*, after 2 different organizations\. .*See how/)
  assert.deepEqual([details.code, details.distinct_organizations, guidance], ['list_repeated', 2, null])
})

test('so is one that goes round in a circle, that lists an id twice, and that sends empty pages for ever', async () => {
  answers = (number) => ({ items: [page(1, 3), page(4, 6), page(7, 9)][(number - 1) % 3], next: number + 1 })
  assert.match((await refused()).reason, /gave page 4, .* in page 1 .* after 9 different organizations/)
  answers = (number) => ({ items: page(number * 2, number * 2 + 2), next: number < 3 ? number + 1 : null })
  const overlapping = await refused()
  assert.match(overlapping.reason, /listed the organization "4" twice, in page 1 and in page 2, after 3 different organizations/)
  assert.equal(overlapping.details.external_org_id, '4')
  answers = () => ({ items: [...page(1, 2), { id: '2', name: 'Another' }] })
  assert.match((await refused()).reason, /listed the organization "2" twice in page 1/)
  answers = (number) => ({ items: [], next: number + 1 })
  assert.match((await refused()).reason, /gave 101 empty pages one after another/)
})

test('a list that does not repeat itself is taken, whatever its pages are', async () => {
  answers = (number) => ({ items: number === 2 ? [] : page(number * 10, number * 10 + 4), next: number < 3 ? number + 1 : null })
  const { status, body } = await discover()
  assert.deepEqual([status, body.organizations?.length], [200, 10], JSON.stringify(body))
})

test('an id that JavaScript does not hold exactly is kept digit for digit, or refused and named', async () => {
  const text = '{"items":[{"id":9007199254740993,"name":"One"},{"id":9007199254740992,"name":"Two"},{"id":-1,"name":"Three"}]}'
  await withText(text, 'application/json', async () => {
    const { body } = await discover()
    assert.deepEqual(
      body.organizations.map(({ id }: { id: string }) => id),
      ['9007199254740993', '9007199254740992', '-1'],
    )
    assert.match((await refused('plain')).reason, /whose id 9007199254740992 is larger than a number can be exactly \(2\^53 − 1\)/)
  })
})

test('a web page in place of JSON is told with the address, without its query, and with what to check', async () => {
  const html = '<!DOCTYPE html><html><head><title>Sign in\n to Shop</title></head></html>'
  await withText(html, 'text/html; charset=utf-8', async () => {
    for (const [name, method] of [
      ['shop', 'GET'],
      ['plain', 'POST'],
    ] as const) {
      const { reason, guidance, details, body } = await refused(name)
      assert.ok(reason.startsWith(`${method} ${textUrl}/list answered 200 OK with a web page ('Sign in to Shop') instead of JSON.`), reason)
      assert.match(guidance ?? '', /answered with something other than data, such as a web page: check the config 'API URL' \(shop_url\)\./)
      assert.equal(details.code, 'answer_not_json')
      assert.ok(!JSON.stringify(body).includes('correct-horse'))
    }
  })
  await withText('', 'application/json', async () => assert.match((await refused()).reason, /answered 200 OK with nothing instead of JSON/))
  await withText('{"items": [', 'application/json', async () =>
    assert.match((await refused()).reason, /with text that is not valid JSON \(application\/json\) instead of JSON/),
  )
})

test('credentials that a token endpoint answers with 400 have their guidance', async () => {
  const { guidance } = await refused('signed')
  assert.match(guidance ?? '', /did not accept the credentials: check the secret 'API key' \(shop_key\)/)
})

test('metadata that is too large or no JSON names the id, and a name that is cut shows it', async () => {
  answers = () => ({ items: [{ id: 'big-one', name: 'Big', metadata: { note: 'x'.repeat(40_000) } }] })
  assert.match((await refused()).reason, /listed an organization "big-one" whose metadata has \d+ bytes as JSON; at most 32768 are kept/)
  answers = () => ({ items: [{ id: 'long', name: 'y'.repeat(300) }] })
  const { body } = await discover()
  assert.equal(body.organizations[0].name, `${'y'.repeat(199)}…`)
  const list = new ListedOrganizations('shop')
  assert.throws(
    () => list.take([{ id: '7', name: 'x', metadata: { at: new Date(Number.NaN) } }]),
    /organization "7" whose metadata must be plain JSON, and at at holds an invalid date/,
  )
})

test('a secret that the code has read is in no name and no metadata, whatever stands beside it', async () => {
  await installation.call('POST', '/api/secrets', { key: 'leaky_key', value: 'correct-horse-battery', scope: 'global' })
  const { status, body } = await discover('leaky')
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(body.organizations, [
    { id: '1', name: 'Plain', metadata: { code: 'A1' } },
    { id: '2', name: 'Holds [secret]', metadata: { code: 'A2' } },
    { id: '3', name: 'Quoted', metadata: { note: 'a "[secret]" in quotes', deep: [{ 'k[secret]': 1 }] } },
    { id: '4', name: `${'y'.repeat(185)}[secret]…`, metadata: {} },
    { id: '5', name: 'Umlaut ä  …', metadata: { text: 'half \ufffd and  nul' } },
  ])
})

test('one that is cancelled while it waits for room at its vendor ends as cancelled', async () => {
  answers = () => ({ items: [] })
  const asked = vendor.requests.length
  const { status, body } = await installation.call('GET', '/api/integrations/patient/discover?refresh=true&wait=0')
  assert.equal(status, 202)
  const path = `/api/executions/${body.execution_id}`
  await until('it has made its first call', () => vendor.requests.length > asked)
  await until('its second call waits', async () => {
    const { body } = await installation.call('GET', '/api/vendors?integration=patient')
    return body.vendors.some(({ waiting }: { waiting: { people: number } }) => waiting.people > 0)
  })
  assert.equal((await installation.call('POST', `${path}/cancel`)).status, 202)
  await until('it has ended', async () => (await installation.call('GET', path)).body.completed_at !== null)
  const { body: ended } = await installation.call('GET', path)
  assert.deepEqual([ended.status, ended.error.details.code], ['cancelled', 'cancelled'])
})

let textUrl = ''
/** A vendor that answers everything with this text, in place of the other. */
async function withText(text: string, type: string, run: () => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': type }).end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  textUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    await installation.call('PUT', '/api/config/shop_url', { value: textUrl, scope: 'global' })
    await run()
  } finally {
    await installation.call('PUT', '/api/config/shop_url', { value: vendor.url, scope: 'global' })
    server.closeAllConnections()
    server.close()
  }
}

test('match fields are kept with the metadata, and what is no match field is named', () => {
  const listed = new ListedOrganizations('shop')
  const match = { domains: ['acme.example'], tenantIds: [], otherIds: { ninjaone: '12' }, legalName: 'Acme Limited', phones: undefined }
  const taken = listed.take([{ id: 1, name: 'Acme', metadata: { code: 'A1' }, match }])
  assert.deepEqual(
    taken.map((entry) => ({ ...entry, metadata: JSON.parse(entry.metadata) })),
    [
      {
        id: '1',
        name: 'Acme',
        metadata: { code: 'A1', domains: ['acme.example'], other_ids: { ninjaone: '12' }, legal_name: 'Acme Limited' },
      },
    ],
  )
  for (const [wrong, said] of [
    [true, /whose match is not an object/],
    [{ domain: 'acme.example' }, /whose match has 'domain'; there are domains, websites/],
    [{ domains: 'acme.example' }, /whose match\.domains is not a list of texts/],
    [{ otherIds: { ninjaone: 12 } }, /whose match\.otherIds is not an object of texts/],
    [{ legalName: ['x'] }, /whose match\.legalName is not text/],
  ] as const)
    assert.throws(() => listed.take([{ id: 2, name: 'Globex', match: wrong }]), said)
})
