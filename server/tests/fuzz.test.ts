import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setInterval } from 'node:timers/promises'
import fc from 'fast-check'
import { installationAuthentication } from '../src/access/authentication.ts'
import { publishDefinitions } from '../src/definitions/definitions.ts'
import { type FuzzedRequest, type Known, type Operation, operationsOf, requestsOf } from '../testing/api-fuzz.ts'
import { integrationDefinition, workflowDefinition } from '../testing/given-definitions.ts'
import { givenKey } from '../testing/given-keys.ts'
import { givenPlace, type Place } from '../testing/given-place.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'

// Every operation that the API describes, asked with values made from its schema and with broken ones: it never fails, it answers
// what it describes (the app checks each answer against its schema), and nothing of another organization.
// Longer with CROSSWALK_FUZZ_RUNS, the requests of each operation; other ones with CROSSWALK_FUZZ_SEED.

const numRuns = Number(process.env.CROSSWALK_FUZZ_RUNS ?? 8)
const seed = Number(process.env.CROSSWALK_FUZZ_SEED ?? 4_711)

/** What waits for something that is not here, and says so. That no worker is alive is what `/readyz` has to say. */
const unavailable = new Set(['single_sign_on_unavailable', 'no_worker', 'vendor_unreachable'])

const description = JSON.parse(readFileSync(join(import.meta.dirname, '../../client/openapi.json'), 'utf8'))
const operations = operationsOf(description)

let api: TestApp
let ownKey: string
let own: Place
let foreign: Place
const stopped = new AbortController()
let cancelling: Promise<void> | undefined

/** No worker tests connections here, and who asks for a test waits for its end: somebody cancels it meanwhile. */
async function cancelTests(): Promise<void> {
  const headers = { authorization: `Bearer ${testAdminKey}` }
  try {
    for await (const _ of setInterval(100, undefined, { signal: stopped.signal })) {
      const { executions } = (await api.app.inject({ url: '/api/executions?kind=connection_test&status=pending', headers })).json()
      for (const { execution_id: id } of executions) await api.app.inject({ method: 'POST', url: `/api/executions/${id}/cancel`, headers })
    }
  } catch (error) {
    if (!stopped.signal.aborted) throw error
  }
}

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const definitions = [workflowDefinition('sync_users', { schedule: { cron: '0 3 * * *' } as never }), integrationDefinition('halo')]
  await publishDefinitions(api.db, { definitions, problems: [], codeVersion: 'test' })
  own = await givenPlace(api, 'zqownqz')
  foreign = await givenPlace(api, 'zqforeignqz')
  ownKey = (await givenKey(api.db, { role: 'administrator', reach: { organizations: [own.id] } })).key
  cancelling = cancelTests()
})
after(async () => {
  stopped.abort()
  await cancelling
  await api[Symbol.asyncDispose]()
})

/** What the id in an address is of. */
const idsByPath: readonly [string, keyof Place][] = [
  ['/api/executions/', 'executionId'],
  ['/api/batches/', 'batchId'],
  ['/api/keys/', 'keyId'],
  ['/api/people/', 'personId'],
  ['/api/scim/v2/Users/', 'personId'],
  ['/api/connections/', 'connectionId'],
]

/** Things of both places, by the names of fields and parameters that hold such. */
function knownOf({ path }: Operation): Known {
  const all = (name: keyof Place) => [own[name], foreign[name]]
  const [, ofId = 'sessionId'] = idsByPath.find(([prefix]) => path.startsWith(prefix)) ?? []
  const ofName = path.startsWith('/api/workflows/') ? 'sync_users' : path.startsWith('/api/roles/') ? 'given' : 'halo'
  return {
    id: all(ofId),
    orgId: all('id'),
    org_id: all('id'),
    org_ids: [all('id').join(','), ...all('id')],
    mappingId: all('mappingId'),
    mapping_id: all('mappingId'),
    target_id: [...all('mappingId'), ...all('executionId'), ...all('id')],
    name: [ofName],
    workflow_name: ['sync_users'],
    integration_name: ['halo'],
    integration: ['halo'],
    // Never the other's mark: what is sent may be kept, and is found again.
    key: [`secret_${own.mark}`, `config_${own.mark}`],
    search: [own.mark],
    'if-match': ['*', '"x"'],
    // Nobody waits here: there is no worker.
    wait: ['0'],
    index: ['0', '1'],
  }
}

async function send({ method, url, headers, body }: FuzzedRequest, key: string) {
  return api.app.inject({
    method: method as 'GET',
    url,
    headers: { ...headers, authorization: `Bearer ${key}`, 'x-requested-with': 'crosswalk' },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** What an answer says of a place, beside what was sent. */
function told(place: Place, text: string, { url, body = '' }: FuzzedRequest): string[] {
  const sent = `${decodeURIComponent(url.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))} ${body}`
  return Object.values(place).filter((mark) => text.includes(mark) && !sent.includes(mark))
}

async function fuzz(operation: Operation, key: string, hidden: Place | undefined) {
  const property = fc.asyncProperty(requestsOf(operation, knownOf(operation)), async (request) => {
    const answer = await send(request, key)
    const status = answer.statusCode
    const what = `${status} ${answer.body.slice(0, 600)}`
    if (status >= 500) assert.ok(operation.operationId === 'getReadiness' || unavailable.has(answer.json().error), what)
    // An address that no route has is answered before any operation.
    else if (answer.body.includes('"not_found"')) assert.equal(status, 404, what)
    else assert.ok(operation.statuses.has(String(status)), `not described: ${what}`)
    if (hidden) assert.deepEqual(told(hidden, answer.body, request), [], what)
  })
  await fc.assert(property, {
    numRuns,
    seed: seed + operations.indexOf(operation),
    ignoreEqualValues: true,
    interruptAfterTimeLimit: 60_000,
  })
}

/** Those that take something away come last, so that the others find something. */
function inOrder(some: readonly Operation[]): Operation[] {
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const last = ['cancelBatch', 'deactivateOrganization', 'removeScimUser', 'removePerson', 'revokeKey']
  const rank = ({ operationId, method }: Operation) => last.indexOf(operationId) * 10 + order.indexOf(method)
  return some.toSorted((one, other) => rank(one) - rank(other))
}

async function fuzzAll(some: readonly Operation[], key: string, hidden?: Place): Promise<string[]> {
  const failures: string[] = []
  for (const operation of inOrder(some))
    await fuzz(operation, key, hidden).catch((error: Error) =>
      failures.push(`${operation.operationId}: ${error.message.slice(0, 1_500)}\n${String(error.cause).slice(0, 1_000)}`),
    )
  return failures
}

/** What they are about: the first word of their addresses. What takes an organization away comes last. */
const subjectOf = ({ path }: Operation) => path.split('/').find((part) => part !== '' && part !== 'api') ?? ''
const subjects = [...Map.groupBy(operations, subjectOf)].sort(
  ([one], [other]) => Number(one === 'organizations') - Number(other === 'organizations'),
)

for (const [subject, some] of subjects)
  test(`${subject}: an administrator of one organization gets no failure and nothing of another, whatever they send`, async () => {
    assert.deepEqual(await fuzzAll(some, ownKey, foreign), [])
  })

for (const [subject, some] of subjects)
  test(`${subject}: who has everything gets no failure, whatever they send`, async () => {
    assert.deepEqual(await fuzzAll(some, testAdminKey), [])
  })

test('the log has no failure either', () => {
  const lines = api
    .logged()
    .split('\n')
    .filter((line) => line !== '')
  assert.deepEqual(
    lines.filter((line) => JSON.parse(line).level >= 50),
    [],
  )
})
