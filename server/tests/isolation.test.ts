import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { installationAuthentication } from '../src/access/authentication.ts'
import { createKey, revokeKey } from '../src/access/keys.ts'
import { gives, type Permission, permissions } from '../src/access/permissions.ts'
import { systemActing } from '../src/audit/audit.ts'
import { publishDefinitions } from '../src/definitions/definitions.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { declaredErrors } from '../src/platform/errors.ts'
import { newId } from '../src/platform/ids.ts'
import { integrationDefinition, workflowDefinition } from '../testing/given-definitions.ts'
import { administrator, givenKey } from '../testing/given-keys.ts'
import { givenBrowser, goodPassword, tokenOf } from '../testing/given-people.ts'
import { givenPlace, type Place } from '../testing/given-place.ts'
import { type PlaceRequest, requestsOf } from '../testing/requests-of-a-place.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'

// Every operation that the API describes, asked by those who must not have its answer. A new one needs a row in requests-of-a-place.ts.

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

type Operation = { operationId: string; method: string; permission: string }
let api: TestApp
let operations: Operation[]
const places: Record<'acme' | 'globex' | 'initech', Place> = {} as never // made before the first test
const run = (statement: Sql) => readInScope(api.db, 'allOrganizations', statement)

async function send(authorization: string | undefined, method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await api.app.inject({
    method: method as 'GET',
    url: url.startsWith('//') ? url.slice(1) : `/api${url}`,
    // From elsewhere, where nothing is open for this machine alone.
    remoteAddress: '198.51.100.7',
    headers: authorization === undefined ? headers : { ...headers, authorization: `Bearer ${authorization}` },
    ...(body ? { payload: body } : {}),
  })
  const isJson = /^application\/(?:scim\+)?json/.test(String(answer.headers['content-type']))
  const json: Body = isJson && answer.body !== '' ? answer.json() : null
  return { status: answer.statusCode, text: answer.body, body: json }
}
const ask = (operation: Operation, place: Place, key: string | undefined, headers?: Record<string, string>) => {
  const { url, body } = rowOf(operation)(place)
  return send(key, operation.method, url, body, headers)
}
function rowOf({ operationId }: Operation): (place: Place) => PlaceRequest {
  const row = requestsOf[operationId]
  assert.ok(
    row,
    `${operationId} has no row: say in server/testing/requests-of-a-place.ts how it is asked, so that it is asked by those who must not have its answer.`,
  )
  return row
}
/** What an answer says of a place, beside what was asked. */
function told(place: Place, text: string, asked: PlaceRequest): string[] {
  const sent = `${asked.url} ${JSON.stringify(asked.body ?? {})}`
  return Object.values(place).filter((mark) => text.includes(mark) && !sent.includes(mark))
}

const eventCount = async () => {
  const [row] = (await run(
    sql`select count(*)::int as count from audit_events where action not in ('session.refused', 'session.limited', 'request.refused')`,
  )) as Body[]
  return row.count as number
}

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const definitions = [workflowDefinition('sync_users', { schedule: { cron: '0 3 * * *' } as never }), integrationDefinition('halo')]
  await publishDefinitions(api.db, { definitions, problems: [], codeVersion: 'test' })
  for (const name of ['acme', 'globex', 'initech'] as const) places[name] = await givenPlace(api, `zq${name}qz`)
  await send(testAdminKey, 'POST', '/roles', { name: 'given', description: 'x', permissions: [] })
  await send(testAdminKey, 'POST', '/organization-fields', { name: 'given', label: 'x', type: 'text' })
  const description = (await send(testAdminKey, 'GET', '/openapi.json')).body
  operations = Object.values<Body>(description.paths).flatMap((methods) =>
    Object.entries<Body>(methods).map(([method, { operationId, 'x-permission': permission }]) => ({
      operationId,
      method: method.toUpperCase(),
      permission,
    })),
  )
})
after(() => api[Symbol.asyncDispose]())

const isOpen = ({ permission }: Operation) => permission === 'public'

test('each operation has a row, and each row is an operation', () => {
  assert.deepEqual(Object.keys(requestsOf).sort(), operations.map(({ operationId }) => operationId).sort())
})

test('without a principal, and with a key that is wrong, expired or revoked, nothing is answered and nothing is done', async () => {
  const draft = { name: 'x', grants: [{ role: 'administrator', reach: { all: true as const } }], addresses: null }
  const expired = await createKey(api.db, systemActing, administrator, { ...draft, expiresAt: new Date(Date.now() - 1_000) })
  const revoked = await createKey(api.db, systemActing, administrator, { ...draft, expiresAt: null })
  await revokeKey(api.db, systemActing, administrator, revoked.id)
  const before = await eventCount()
  const keys = { unauthenticated: undefined, key_expired: expired.key, key_revoked: revoked.key }
  for (const operation of operations.filter((given) => !isOpen(given))) {
    for (const [error, key] of Object.entries(keys)) {
      const answer = await ask(operation, places.acme, key)
      assert.deepEqual([answer.status, answer.body?.error], [401, error], operation.operationId)
      assert.deepEqual(told(places.acme, answer.text, rowOf(operation)(places.acme)), [], operation.operationId)
    }
  }
  for (const operation of operations.filter((given) => !isOpen(given)).slice(0, 5))
    assert.equal((await ask(operation, places.acme, 'cwk_wrong')).status, 401)
  assert.equal(await eventCount(), before)
})

test('who has every permission but the one that is needed is refused, and told which it is', async () => {
  const lacking = new Map<string, string>()
  for (const permission of new Set(operations.map((operation) => operation.permission))) {
    if (!(permissions as readonly string[]).includes(permission)) continue
    // Neither it, nor a bundle that has it, nor all of its parts.
    const others = permissions.filter(
      (other) => !gives(new Set([other]), permission as Permission) && !gives(new Set([permission as Permission]), other),
    )
    const name = `lacking_${permission.toLowerCase()}`
    const made = await send(testAdminKey, 'POST', '/roles', { name, description: 'x', permissions: others })
    assert.equal(made.status, 201, made.text)
    lacking.set(permission, (await givenKey(api.db, { role: name, reach: { all: true } })).key)
  }
  assert.ok(lacking.size > 10)
  const before = await eventCount()
  for (const operation of operations) {
    const key = lacking.get(operation.permission)
    if (key === undefined) continue
    const answer = await ask(operation, places.acme, key)
    assert.deepEqual(
      [answer.status, answer.body?.details?.permission],
      [403, operation.permission],
      `${operation.operationId} ${answer.text}`,
    )
  }
  assert.equal(await eventCount(), before)
})

describe('of another organization', () => {
  for (const [who, role] of [
    ['its administrator', 'administrator'],
    ['its customer’s user', 'customer_user'],
  ] as const) {
    test(`${who} finds nothing of this one, by any operation, and changes nothing`, async () => {
      const { key } = await givenKey(api.db, { role, reach: { organizations: [places.globex.id] } })
      const before = await eventCount()
      for (const operation of operations.filter((given) => !isOpen(given))) {
        const asked = rowOf(operation)(places.acme)
        const answer = await ask(operation, places.acme, key)
        const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
        assert.deepEqual(told(places.acme, answer.text, asked), [], what)
        if (asked.isOfAll || asked.isOwn) continue
        if (operation.method === 'GET') assert.ok([200, 403, 404].includes(answer.status), what)
        else
          assert.ok(
            [403, 404].includes(answer.status) || (asked.refusal && answer.status < 500 && answer.text.includes(asked.refusal)),
            what,
          )
      }
      assert.equal(await eventCount(), before)
    })
  }
})

test('what is another organization’s is answered like what is nowhere, and is recorded as refused', async () => {
  const { key, id } = await givenKey(api.db, { role: 'administrator', reach: { organizations: [places.globex.id] } })
  const fields = Object.keys(places.acme) as (keyof Place)[]
  const nowhere = Object.fromEntries(fields.map((field) => [field, field === 'mark' ? 'zqnowhereqz' : newId()])) as Place
  const worded = (place: Place, { text }: { text: string }) =>
    fields
      .reduce((rest, field) => rest.replaceAll(place[field], `{${field}}`), text)
      .replace(/"request_id":"[^"]*"/, '')
      // In words and in times.
      .replace(/"[^"]*\d{4}-\d\d-\d\dT[^"]*"/g, '{at}')
  const hidden = new Set<string>()
  for (const operation of operations.filter((given) => !isOpen(given))) {
    if (rowOf(operation)(places.acme).isOwn || rowOf(operation)(places.acme).isOfAll) continue
    const [other, none] = [await ask(operation, places.acme, key), await ask(operation, nowhere, key)]
    assert.deepEqual([other.status, worded(places.acme, other)], [none.status, worded(nowhere, none)], operation.operationId)
    if (other.status !== 404) continue
    const what = `${operation.operationId}: ${other.body.error} has to say hidesOthers, so that it is recorded when it is asked for`
    assert.equal(declaredErrors().get(other.body.error)?.hidesOthers, true, what)
    hidden.add(operation.operationId)
  }
  assert.ok(hidden.size > 20, `${hidden.size}`)
  // Twenty routes a minute, so that nobody fills the audit.
  const recorded = () =>
    run(sql`select target, organization_id from audit_events where action = 'request.refused' and actor_id = ${id}`) as Promise<Body[]>
  await until('they are recorded', async () => (await recorded()).length >= 20)
  for (const { target, organization_id } of await recorded()) assert.deepEqual([typeof target.times, organization_id], ['number', null])
})

test('a customer’s user has their own organization, themselves and the forms that are offered to them, and no other answer', async () => {
  const grant = { role: 'customer_user', reach: { organizations: [places.acme.id] }, workflows: ['sync_users'] }
  const { key } = await givenKey(api.db, grant)
  const answered: string[] = []
  for (const operation of operations.filter((given) => !isOpen(given))) {
    const answer = await ask(operation, places.acme, key)
    // The submission of the row is nobody's, and the form of the row asks no data provider.
    if ([403, 404].includes(answer.status) || rowOf(operation)(places.acme).isOwn) continue
    answered.push(operation.operationId)
    assert.ok(answer.status < 300, operation.operationId)
  }
  const theirs = ['getForm', 'listApprovals', 'listForms', 'listSubmissions', 'submitForm']
  const open = ['getMe', 'getOrganization', 'getSession', 'listOrganizationFields', 'listOrganizations', 'listRoles']
  assert.deepEqual(answered.sort(), [...theirs, ...open].sort())
  const own = await send(key, 'GET', '/organizations')
  assert.deepEqual(
    own.body.organizations.map(({ id }: Body) => id),
    [places.acme.id],
  )
})

test('a customer’s user who has signed in finds nothing of another organization, and nothing at all once they are deactivated', async () => {
  const grants = [{ role: 'customer_user', reach: { organizations: [places.globex.id] } }]
  const { body } = await send(testAdminKey, 'POST', '/people', { email: 'ada@globex.example', name: 'Ada', grants })
  const browser = givenBrowser(api.app)
  const joined = await browser.call('POST', '/session/links/take', { token: tokenOf(body.link.url), password: goodPassword })
  assert.equal(joined.status, 201, JSON.stringify(joined.body))
  const { cookies } = browser
  const ownHost = {
    host: 'localhost:7071',
    origin: 'http://localhost:7071',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  }
  const asked = operations.filter((given) => !isOpen(given) && !rowOf(given)(places.acme).isOwn)
  for (const operation of asked) {
    const request = rowOf(operation)(places.acme)
    const answer = await ask(operation, places.acme, undefined, ownHost)
    const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
    assert.deepEqual(told(places.acme, answer.text, request), [], what)
    assert.ok(request.isOfAll ? answer.status < 500 : [200, 403, 404].includes(answer.status), what)
    if (operation.method !== 'GET') assert.ok(answer.status >= 400, what)
  }
  await send(testAdminKey, 'POST', `/people/${body.person.id}/deactivate`)
  for (const operation of asked) assert.equal((await ask(operation, places.acme, undefined, ownHost)).status, 401, operation.operationId)
})

test('who has all is answered by every operation, so that the rows above ask for what there is', async () => {
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const last = ['cancelBatch', 'deactivateOrganization', 'removePerson']
  const isLast = ({ operationId }: Operation) => last.indexOf(operationId)
  const inOrder = operations.toSorted(
    (one, other) => isLast(one) - isLast(other) || order.indexOf(one.method) - order.indexOf(other.method),
  )
  for (const operation of inOrder) {
    const { answers } = rowOf(operation)(places.initech)
    if (answers === null) continue
    // As our own page sends it.
    const answer = await ask(operation, places.initech, testAdminKey, { 'x-requested-with': 'crosswalk' })
    const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
    if (answers === undefined) assert.ok(answer.status < 300, what)
    else assert.ok(answer.text.includes(answers) && answer.status < 600, what)
  }
})
