import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Mask } from '@crosswalk/sdk/masking'
import { givenHeld } from '../../testing/given-executions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { createTestApp, type TestApp, testAdminKey, testLogger } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { administratorRole } from '../access/grants.ts'
import { createRole, deleteRole } from '../access/own-roles.ts'
import { principalOf } from '../access/principal.ts'
import { systemActing } from '../audit/audit.ts'
import { type Claim, heldBy } from '../engine/state/claiming.queries.ts'
import { endHeld } from '../engine/state/ending.ts'
import { getExecution } from '../engine/state/executions.ts'
import { nothingSeen, type RequestContext } from '../engine/state/requests.ts'
import { FencedOff, inScope, readInScope, sql } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { workflowEnd } from '../workflows/workflow-end.ts'
import { approvalRequests } from './approvals.durable.ts'

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

class Waits extends Error {}

/** What an execution in the hands of a worker may ask. */
async function givenAsking() {
  const claim = await givenHeld(app.db, organizationId, 'worker')
  const execution = await getExecution(app.db, 'allOrganizations', claim.executionId)
  const mask = new Mask()
  const context: RequestContext = {
    ...{ db: { ...app.db, fence: heldBy(claim) }, logger: testLogger, execution, seen: nothingSeen() },
    mask: (value) => mask.add(value),
    holdsSecret: (value) => mask.isSurelyIn(value),
    mayHoldSecret: (json) => mask.mayBeInJson(json),
    withoutSecrets: (value) => mask.data(value),
    signal: new AbortController().signal,
    restMs: () => 1_000,
    progress() {},
  }
  let asked = 0
  const [request] = approvalRequests
  /** Says `waits` where it has asked, or what it was refused with. */
  const askAs = (key: string, args: unknown): Promise<unknown> => {
    const waiting = () => () => {}
    const answer = request?.handleWaiting?.(context, args, { key, waiting, delay: () => Promise.reject(new Waits()) })
    return Promise.resolve(answer).catch((error: unknown) => (error instanceof Waits ? 'waits' : error))
  }
  const ask = (args: unknown) => askAs(`approve ${asked++}`, args)
  /** The last one once more. */
  const again = (args: unknown) => askAs(`approve ${asked - 1}`, args)
  const end = () => transact((transaction) => endWithin(transaction, claim))
  return { ...{ claim, execution, context, ask, again, end }, rows: () => rowsOf(execution.id) }
}

const transact = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(app.db, 'allOrganizations', work)
type Row = { title: string; message: string | null; details: unknown; status: string }
const rowsOf = (id: string) =>
  readInScope<Row>(
    app.db,
    'allOrganizations',
    sql`select title, message, details, status from approvals where execution_id = ${id} order by id`,
  )
async function endWithin(transaction: Parameters<Parameters<typeof inScope>[2]>[0], claim: Claim) {
  const execution = await getExecution(app.db, 'allOrganizations', claim.executionId)
  const outcome = { status: 'success', result: null, error: null } as const
  assert.equal(await endHeld(transaction, [workflowEnd], { execution, claim }, outcome), true)
}
/** True where somebody in this database waits for a row. */
const isAnyLocked = async () => {
  const own = sql`select pid from pg_locks where database = (select oid from pg_database where datname = current_database())`
  return (
    (
      await readInScope(
        app.db,
        'allOrganizations',
        sql`select from pg_locks where not granted and locktype in ('transactionid', 'tuple') and pid in (${own})`,
      )
    ).length > 0
  )
}
const decide = async (id: string, more: { payload?: object; headers?: object } = {}) => {
  const headers = { authorization: `Bearer ${testAdminKey}`, ...more.headers }
  const payload = more.payload ? { payload: more.payload } : {}
  const answer = await app.app.inject({ method: 'POST', url: `/api/approvals/${id}/approve`, headers, ...payload })
  return { status: answer.statusCode, body: answer.json() }
}
const call = async (path: string) => {
  const answer = await app.app.inject({ url: `/api${path}`, headers: { authorization: `Bearer ${testAdminKey}` } })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

test('what is asked while its execution ends is not asked', async () => {
  const { claim, ask, rows } = await givenAsking()
  assert.equal(await ask({ title: 'Before' }), 'waits')
  let isAnswered = false
  let answers: Promise<unknown[]> | undefined
  await transact(async (transaction) => {
    await endWithin(transaction, claim)
    answers = Promise.all([1, 2, 3].map((number) => ask({ title: `Too late ${number}` }))).finally(() => (isAnswered = true))
    await until('they wait for the end', async () => isAnswered || (await isAnyLocked()))
  })
  const told = (await answers) ?? []
  assert.deepEqual(
    told.map((error) => error instanceof FencedOff),
    [true, true, true],
  )
  assert.deepEqual(
    (await rows()).map(({ title, status }) => [title, status]),
    [['Before', 'closed']],
  )
})

test('many that are asked at the same moment are counted, and hold nobody up', async () => {
  const { ask, rows, end } = await givenAsking()
  const told = await Promise.all(Array.from({ length: 25 }, (_, index) => ask({ title: `Flood ${index}` })))
  assert.deepEqual([told.filter((answer) => answer === 'waits').length, (await rows()).length], [20, 20])
  await end()
  assert.deepEqual(new Set((await rows()).map(({ status }) => status)), new Set(['closed']))
})

test('a role that nobody could decide by is refused at once, with those that could', async () => {
  const { ask, rows, end } = await givenAsking()
  const error = (await ask({ title: 'Misspelled', approvers: { roles: ['engineer', 'enginer', 'viewer'] } })) as DomainError
  assert.deepEqual([error.code, error.details.roles], ['approval_role_unknown', ['enginer', 'viewer']])
  assert.deepEqual(error.details.available, ['administrator', 'engineer', 'technician', 'customer_user'])
  assert.deepEqual(await rows(), [])
  assert.equal(await ask({ title: 'Spelled', approvers: { roles: ['engineer'] } }), 'waits')
  await end()
})

test('a role that is taken away after it was asked does not fail who asks again after a crash', async () => {
  const { ask, again, end } = await givenAsking()
  const grants = [{ role: administratorRole, reach: { all: true as const } }]
  const maker = await principalOf(() => [], { actor: systemActing.actor, grants }, 'canManageRoles')
  await createRole(app.db, systemActing, maker, { name: 'release_manager', description: '', permissions: ['canApprove'] })
  const request = { title: 'Release', approvers: { roles: ['release_manager'] } }
  assert.equal(await ask(request), 'waits')
  await deleteRole(app.db, systemActing, maker, 'release_manager')
  assert.equal(await again(request), 'waits')
  assert.equal(((await ask(request)) as DomainError).code, 'approval_role_unknown')
  await end()
})

test('one that its end left open is listed as closed', async () => {
  const { execution, ask, end } = await givenAsking()
  await ask({ title: 'Left' })
  await end()
  await readInScope(
    app.db,
    'allOrganizations',
    sql`update approvals set status = 'open', decided_at = null where execution_id = ${execution.id}`,
  )
  const of = `execution_id=${execution.id}`
  assert.equal((await call(`/approvals?state=open&${of}`)).count, 0)
  const [left] = (await call(`/approvals?state=decided&${of}`)).approvals
  assert.deepEqual([left.title, left.status], ['Left', 'closed'])
})

test('a secret is masked in a title however its letters are spelled', async () => {
  const [composed, parted] = ['gehéimnis-ärger-1', 'gehéimnis-ärger-1'].map((text, index) => text.normalize(index === 0 ? 'NFC' : 'NFD'))
  assert.notEqual(composed, parted)
  for (const secret of [composed, parted]) {
    const { context, ask, rows } = await givenAsking()
    context.mask(String(secret))
    for (const title of [composed, parted]) {
      assert.equal(await ask({ title: `Key ${title}` }), 'waits')
      assert.ok(!(await rows()).some((row) => row.title.normalize('NFC').includes('ärger')), JSON.stringify(await rows()))
    }
  }
})

test('who is asked must not hold a secret', async () => {
  const { context, ask, rows } = await givenAsking()
  context.mask('very_secret_value')
  for (const [field, approvers] of [
    ['people', { people: ['very_secret_value@msp.example'] }],
    ['people', { people: ['VERY_secret_value@msp.example'] }],
    ['roles', { roles: ['very_secret_value'] }],
  ] as const) {
    const refused = await ask({ title: 'x', approvers })
    assert.match(String(refused), new RegExp(`approvers\\.${field} must not hold a secret that the execution has read\\.`))
  }
  assert.deepEqual(await rows(), [])
})

test('marks that turn the direction of text are refused in all that people read, and other marks are kept', async () => {
  const { ask, rows } = await givenAsking()
  for (const mark of ['\u202a', '\u202e', '\u2066', '\u2069'])
    for (const args of [
      { title: `a${mark}b` },
      { title: 'x', message: `a${mark}b` },
      { title: 'x', details: { list: [{ a: `a${mark}b` }] } },
      { title: 'x', details: { list: [{ [`a${mark}b`]: 1 }] } },
      { title: 'x', details: `a${mark}b` },
    ])
      assert.match(String(await ask(args)), /turn the direction of text|one line without control characters/, JSON.stringify(args))
  assert.equal(await ask({ title: 'x', message: 'שלום\u200e\n', details: { 'מפתח\u200f': 'ערך' } }), 'waits')
  assert.deepEqual(
    (await rows()).map(({ message, details }) => [message, details]),
    [['שלום\u200e\n', { 'מפתח\u200f': 'ערך' }]],
  )
})

test('details with a member that would be lost are refused', async () => {
  const { ask, rows } = await givenAsking()
  for (const details of ['{"__proto__":{"a":1}}', '{"a":[{"__proto__":1}]}'])
    assert.match(
      String(await ask({ title: 'x', details: JSON.parse(details) })),
      /must not have a member named __proto__: give it another name/,
    )
  assert.equal(await ask({ title: 'x', details: { constructor: { a: 1 }, z: null } }), 'waits')
  assert.deepEqual((await rows())[0]?.details, { constructor: { a: 1 }, z: null })
})

test('a decision waits for the deactivation of its organization, and is refused after it', async () => {
  const { execution, ask } = await givenAsking()
  await ask({ title: 'Of one that leaves' })
  const [approval] = (await call(`/approvals?execution_id=${execution.id}`)).approvals
  const setActive = (isActive: boolean) => sql`update organizations set is_active = ${isActive} where id = ${organizationId}`
  let answer: ReturnType<typeof decide> | undefined
  let isAnswered = false
  await transact(async (transaction) => {
    await transaction.query(setActive(false))
    answer = decide(approval.id).finally(() => (isAnswered = true))
    await until('the decision waits', async () => isAnswered || (await isAnyLocked()))
  })
  const told = await answer
  assert.deepEqual([told?.status, told?.body.error], [409, 'organization_inactive'])
  await readInScope(app.db, 'allOrganizations', setActive(true))
  assert.equal((await call(`/approvals/${approval.id}`)).status, 'open')
})

test('a decision takes no body at all, and refuses a comment that turns the direction of text', async () => {
  const { execution, ask } = await givenAsking()
  await ask({ title: 'Without a word' })
  const [{ id }] = (await call(`/approvals?execution_id=${execution.id}`)).approvals
  const misleading = await decide(id, { payload: { comment: 'a\u202eb' } })
  assert.deepEqual([misleading.status, misleading.body.error], [400, 'validation_failed'])
  assert.match(JSON.stringify(misleading.body.details), /must not have characters that turn the direction of text/)
  const unknown = await decide(id, { payload: { coment: 'x' } })
  assert.deepEqual([unknown.status, unknown.body.error], [400, 'validation_failed'])
  const decided = await decide(id)
  assert.deepEqual([decided.status, decided.body.status, decided.body.comment], [200, 'approved', null], JSON.stringify(decided.body))
})
