import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { installationAuthentication } from '../src/access/authentication.ts'
import { originsOfWithin } from '../src/access/callers.ts'
import { systemActing } from '../src/audit/audit.ts'
import { deactivateOrganization } from '../src/organizations/organizations.ts'
import { inScope, readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { givenKey } from '../testing/given-keys.ts'
import { givenPeople } from '../testing/given-people.ts'
import { testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startApiProcess, startWorkerProcess } from '../testing/worker-process.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
type Asking = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<{ status: number; body: Body }>

let api: Awaited<ReturnType<typeof givenPeople>>
let acme: string
let globex: string
let ann: { id: string; ask: Asking }
let ben: { id: string; ask: Asking }
const workers: ChildProcess[] = []

const startWorker = async () => {
  const worker = await startWorkerProcess(api.databaseUrl, { env: { CROSSWALK_MIN_WAIT_SECONDS: '1' } })
  workers.push(worker)
  return worker
}

before(async () => {
  api = await givenPeople({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  acme = (await givenOrganization(api.db, 'Acme')).id
  globex = (await givenOrganization(api.db, 'Globex')).id
  ann = await join('Ann', 'engineer')
  ben = await join('Ben', 'technician')
  await startWorker()
})
after(async () => {
  for (const worker of workers) await endProcess(worker, 'SIGKILL')
  await api[Symbol.asyncDispose]()
})

const rows = <Row extends object>(statement: Sql) => readInScope<Row>(api.db, 'allOrganizations', statement)
const withKey =
  (key: string): Asking =>
  async (method, path, body) => {
    const answer = await api.app.inject({
      method,
      url: `/api${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...(body ? { payload: body } : {}),
    })
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
  }
const admin: Asking = (...asked) => withKey(testAdminKey)(...asked)

async function join(name: string, role: string, reach: object = { all: true }, more: object = {}) {
  const { id, browser } = await api.join(name, [{ role, reach, ...more }])
  const ask: Asking = (method, path, body) => browser.call(method, path, body)
  return { id, ask }
}

/** Has Ann's execution ask, and resolves when it waits. */
async function givenAsked(request: object = {}, more: { as?: string; org?: string; url?: string; submission?: object } = {}) {
  const person = { type: 'person', id: more.as ?? ann.id, name: 'Ann' } as const
  const id = await givenSubmitted(
    api.db,
    more.org ?? acme,
    'asks',
    { request: { title: 'Delete the mailbox', ...request }, ...(more.url ? { url: more.url } : {}) },
    { acting: { actor: person, requestId: null }, ...more.submission },
  )
  const execution = await waiting(id)
  return { id, execution, approval: (await approvalOf(id)) as Body }
}
const executionOf = async (id: string) => (await admin('GET', `/executions/${id}`)).body
const waiting = (id: string) =>
  until('it waits', async () => {
    const execution = await executionOf(id)
    return execution.status === 'waiting' && execution
  })
const ended = (id: string) =>
  until('it ends', async () => {
    const execution = await executionOf(id)
    return execution.completed_at !== null && execution
  })
const approvalsOf = async (id: string): Promise<Body[]> => (await admin('GET', `/approvals?execution_id=${id}`)).body.approvals
const approvalOf = async (id: string) => (await approvalsOf(id))[0]
const decide = (ask: Asking, verb: 'approve' | 'reject', id: string, body: object = {}) => ask('POST', `/approvals/${id}/${verb}`, body)
const outcomeOf = ({ status, body }: { status: number; body: Body }) => [status, body.error ?? body.status]
const stepsOf = (execution: Body) => execution.steps.map(({ name, status }: Body) => `${name} ${status}`)
const auditOf = async (id: string) =>
  (
    await rows<{ action: string; actor_name: string }>(
      sql`select action, actor_name from audit_events where target ->> 'id' = ${id} order by id`,
    )
  ).map(({ action, actor_name }) => `${action} ${actor_name}`)

test('an execution that asks waits without a place, and continues with the answer', async () => {
  const { id, execution, approval } = await givenAsked({ message: 'She has left.', details: { mailbox: 'x@acme.example', a: 1 } })
  assert.deepEqual([execution.waiting.for, stepsOf(execution)], ['person', ['before success', 'approve running']])
  assert.deepEqual(
    [approval.title, approval.message, JSON.stringify(approval.details), approval.status, approval.org_name, approval.requested_by.name],
    ['Delete the mailbox', 'She has left.', '{"mailbox":"x@acme.example","a":1}', 'open', 'Acme', 'Ann'],
  )
  const [held] = await rows(sql`select worker_id from executions where id = ${id}`)
  assert.deepEqual(held, { worker_id: null })
  const decided = await decide(ben.ask, 'approve', approval.id, { comment: 'Fine.' })
  assert.deepEqual([decided.status, decided.body.status, decided.body.decided_by.name], [200, 'approved', 'Ben'])
  const { status, result, steps } = await ended(id)
  assert.equal(status, 'success')
  assert.deepEqual(
    [result.approved, result.outcome, result.by, result.comment, result.at],
    [true, 'approved', { type: 'person', id: ben.id, name: 'Ben' }, 'Fine.', decided.body.decided_at],
  )
  assert.deepEqual(stepsOf({ steps }), ['before success', 'approve success', 'act success'])
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.approved Ben'])
})

test('a rejection is told to the code, with what was said', async () => {
  const { id, approval } = await givenAsked()
  await decide(ben.ask, 'reject', approval.id, { comment: 'Not her.' })
  const { status, result, steps } = await ended(id)
  assert.deepEqual([status, result.approved, result.outcome, result.comment], ['success', false, 'rejected', 'Not her.'])
  assert.deepEqual(stepsOf({ steps }), ['before success', 'approve success'])
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.rejected Ben'])
})

test('the same decision again is answered the same, another one is refused', async () => {
  const { id, approval } = await givenAsked()
  const [first, again] = [await decide(ben.ask, 'approve', approval.id), await decide(ben.ask, 'approve', approval.id, { comment: 'x' })]
  assert.deepEqual([again.status, again.body], [200, first.body])
  const other = await decide(ben.ask, 'reject', approval.id)
  assert.deepEqual(
    [...outcomeOf(other), other.body.details],
    [409, 'approval_decided', { status: 'approved', decided_by: 'Ben', decided_at: first.body.decided_at }],
  )
  await ended(id)
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.approved Ben'])
})

test('of several decisions at the same moment exactly one wins', async () => {
  const cat = await join('Cat', 'technician')
  const { id, approval } = await givenAsked()
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      decide(index % 3 === 0 ? cat.ask : ben.ask, index % 2 === 0 ? 'approve' : 'reject', approval.id),
    ),
  )
  const { status } = (await admin('GET', `/approvals/${approval.id}`)).body
  const [wins, loses] = status === 'approved' ? [0, 1] : [1, 0]
  for (const [index, answer] of sent.entries())
    assert.deepEqual(outcomeOf(answer), index % 2 === wins ? [200, status] : [409, 'approval_decided'], `${index} beside ${loses}`)
  assert.equal((await auditOf(approval.id)).length, 2)
  assert.equal((await ended(id)).result.outcome, status)
})

test('who started it does not decide, neither by a key of theirs, unless the workflow says so', async () => {
  const { id, approval } = await givenAsked()
  assert.deepEqual(outcomeOf(await decide(ann.ask, 'approve', approval.id)), [403, 'approval_own_request'])
  const made = await ann.ask('POST', '/keys', { name: 'Of Ann', grants: [{ role: 'technician', reach: { all: true } }] })
  const key = made.status === 201 ? made.body.key : undefined
  if (key !== undefined) assert.deepEqual(outcomeOf(await decide(withKey(key), 'approve', approval.id)), [403, 'approval_own_request'])
  const seen = (await ann.ask('GET', `/approvals/${approval.id}`)).body
  assert.equal(seen.you_may, 'not_own_request')
  assert.deepEqual([seen.deciders.names.includes('Ann'), seen.deciders.names.includes('Ben')], [false, true])
  assert.equal((await ann.ask('GET', `/approvals?for_me=true&execution_id=${id}`)).body.count, 0)
  assert.equal((await ben.ask('GET', `/approvals?for_me=true&execution_id=${id}`)).body.count, 1)
  await decide(ben.ask, 'reject', approval.id)
  const allowed = await givenAsked({ allowRequester: true })
  assert.equal((await decide(ann.ask, 'approve', allowed.approval.id)).status, 200)
})

test('a request that a key started is that of the person who made the key', async () => {
  const admins = await join('Ada', 'administrator')
  const made = await admins.ask('POST', '/keys', { name: 'Of Ada', grants: [{ role: 'technician', reach: { all: true } }] })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const id = await givenSubmitted(
    api.db,
    acme,
    'asks',
    { request: { title: 'By a key' } },
    { acting: { actor: { type: 'api_key', id: made.body.id, name: 'Of Ada' }, requestId: null } },
  )
  await waiting(id)
  const approval = await approvalOf(id)
  assert.deepEqual(outcomeOf(await decide(admins.ask, 'approve', approval.id)), [403, 'approval_own_request'])
  assert.deepEqual(outcomeOf(await decide(withKey(made.body.key), 'approve', approval.id)), [403, 'approval_own_request'])
  assert.equal((await decide(ben.ask, 'approve', approval.id)).status, 200)
})

test('who knows a key by rotating it is behind it like its maker, also once it has rotated itself', async () => {
  const [una, bob] = [await join('Una', 'administrator'), await join('Bob', 'administrator')]
  const grants = [{ role: 'administrator', reach: { all: true } }]
  const made = await una.ask('POST', '/keys', { name: 'Of Una', grants })
  const rotated = (await bob.ask('POST', `/keys/${made.body.id}/rotate`, { overlap_minutes: 0 })).body
  const named = await givenAsked({ approvers: { people: ['una@msp.example'], roles: ['administrator'] } })
  assert.deepEqual(outcomeOf(await decide(withKey(rotated.key), 'approve', named.approval.id)), [403, 'approval_not_asked'])
  // The key rotates itself, and still leads to both.
  const again = (await withKey(rotated.key)('POST', `/keys/${made.body.id}/rotate`, { overlap_minutes: 0 })).body
  const byKey = { type: 'api_key', id: made.body.id, name: 'Of Una' } as const
  const { approval } = await givenAsked({}, { submission: { acting: { actor: byKey, requestId: null } } })
  for (const ask of [una.ask, bob.ask, withKey(again.key)])
    assert.deepEqual(outcomeOf(await decide(ask, 'approve', approval.id)), [403, 'approval_own_request'])
  assert.equal((await decide(ben.ask, 'approve', approval.id)).status, 200)
  // What was started with a value that is not taken any more stays the request of those who knew it.
  const { id: before, approval: first } = await givenAsked({}, { submission: { acting: { actor: byKey, requestId: null } } })
  await una.ask('POST', `/keys/${made.body.id}/rotate`, { overlap_minutes: 0 })
  await decide(ben.ask, 'reject', first.id)
  await ended(before)
  const [execution] = await rows<{ created_at: Date }>(sql`select created_at from executions where id = ${before}`)
  const behind = await inScope(api.db, 'allOrganizations', (transaction) => originsOfWithin(transaction, byKey, execution?.created_at))
  assert.deepEqual(behind.map(({ id }) => id).sort(), [una.id, bob.id].sort())
  assert.deepEqual(await inScope(api.db, 'allOrganizations', (transaction) => originsOfWithin(transaction, byKey)), [
    { type: 'person', id: una.id },
  ])
  const third = (await bob.ask('POST', `/keys/${made.body.id}/rotate`, { overlap_minutes: 0 })).body
  const bobs = await givenAsked({}, { as: bob.id })
  assert.deepEqual(outcomeOf(await decide(withKey(third.key), 'approve', bobs.approval.id)), [403, 'approval_own_request'])
})

test('a colleague’s retry asks, and who started the first one does not decide', async () => {
  const { id, approval } = await givenAsked({ required: true })
  await decide(ben.ask, 'reject', approval.id)
  assert.equal((await ended(id)).status, 'failed')
  const dora = await join('Dora', 'engineer')
  const retry = (await dora.ask('POST', `/executions/${id}/retry`)).body.execution_id
  await waiting(retry)
  const asked = await approvalOf(retry)
  assert.equal(asked.requested_by.name, 'Dora')
  for (const { ask } of [ann, dora]) assert.deepEqual(outcomeOf(await decide(ask, 'approve', asked.id)), [403, 'approval_own_request'])
  // And the retry of a retry.
  await decide(ben.ask, 'reject', asked.id)
  assert.equal((await ended(retry)).status, 'failed')
  const third = (await admin('POST', `/executions/${retry}/retry`)).body.execution_id
  await waiting(third)
  const last = await approvalOf(third)
  for (const { ask } of [ann, dora]) assert.deepEqual(outcomeOf(await decide(ask, 'approve', last.id)), [403, 'approval_own_request'])
  assert.equal((await decide(ben.ask, 'approve', last.id)).status, 200)
})

test('the provider’s own people are not the customer: neither by a key, nor by a role that only approves', async () => {
  const ida = await join('Ida', 'administrator')
  const grants = [{ role: 'customer_user', reach: { organizations: [acme] } }]
  const keys = [await ida.ask('POST', '/keys', { name: 'Like a customer', grants }), await admin('POST', '/keys', { name: 'Too', grants })]
  await admin('POST', '/roles', { name: 'only_approves', description: 'Approves', permissions: ['canApprove'] })
  const approver = await join('Approver', 'only_approves')
  const { approval } = await givenAsked({ approvers: { customer: true } })
  for (const ask of [...keys.map(({ body }) => withKey(body.key)), approver.ask])
    assert.deepEqual(outcomeOf(await decide(ask, 'approve', approval.id)), [404, 'approval_not_found'])
  const customer = await join('Of Acme', 'customer_user', { organizations: [acme] })
  assert.equal((await decide(customer.ask, 'approve', approval.id)).status, 200)
})

test('only those decide who are asked: people, roles, or the customer', async () => {
  const dan = await join('Dan', 'technician')
  const named = await givenAsked({ approvers: { people: ['DAN@msp.example'] } })
  const refused = await decide(ben.ask, 'approve', named.approval.id)
  assert.deepEqual(outcomeOf(refused), [403, 'approval_not_asked'])
  assert.deepEqual(refused.body.details.approvers, { people: ['dan@msp.example'], roles: [], customer: false })
  assert.deepEqual((await ben.ask('GET', `/approvals/${named.approval.id}`)).body.deciders, { names: ['Dan'], count: 1 })
  assert.equal((await decide(dan.ask, 'approve', named.approval.id)).status, 200)
  const byRole = await givenAsked({ approvers: { roles: ['engineer'] } })
  assert.deepEqual(outcomeOf(await decide(dan.ask, 'approve', byRole.approval.id)), [403, 'approval_not_asked'])
  // A key with a role that its maker has by another one is no way to that role.
  assert.deepEqual(outcomeOf(await decide(admin, 'approve', byRole.approval.id)), [403, 'approval_not_asked'])
  const eve = await join('Eve', 'engineer')
  assert.equal((await decide(eve.ask, 'approve', byRole.approval.id)).status, 200)
})

test('a customer’s user sees and decides what is asked of them, of their own organization', async () => {
  const limited = { workflows: ['asks'] }
  const ofAcme = await join('Customer', 'customer_user', { organizations: [acme] }, limited)
  const ofGlobex = await join('Stranger', 'customer_user', { organizations: [globex] }, limited)
  const ofOther = await join('Otherwise', 'customer_user', { organizations: [acme] }, { workflows: ['sleeps'] })
  const inside = await givenAsked({ title: 'Inside' })
  const offered = await givenAsked({ title: 'Offered', approvers: { customer: true } })
  const listed = async (ask: Asking) => (await ask('GET', '/approvals?state=open')).body.approvals.map(({ title }: Body) => title)
  assert.deepEqual([await listed(ofAcme.ask), await listed(ofGlobex.ask), await listed(ofOther.ask)], [['Offered'], [], []])
  for (const [ask, { id }] of [
    [ofAcme.ask, inside.approval],
    [ofGlobex.ask, inside.approval],
    [ofGlobex.ask, offered.approval],
    [ofOther.ask, offered.approval],
  ] as const) {
    assert.deepEqual(outcomeOf(await ask('GET', `/approvals/${id}`)), [404, 'approval_not_found'])
    for (const verb of ['approve', 'reject'] as const) assert.deepEqual(outcomeOf(await decide(ask, verb, id)), [404, 'approval_not_found'])
  }
  const seen = (await ofAcme.ask('GET', `/approvals/${offered.approval.id}`)).body
  assert.deepEqual([seen.title, seen.you_may, seen.approvers, seen.deciders], ['Offered', 'decide', null, null])
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', offered.approval.id)), [403, 'approval_not_asked'])
  assert.equal((await decide(ofAcme.ask, 'approve', offered.approval.id)).status, 200)
  assert.equal((await ended(offered.id)).result.by.name, 'Customer')
})

test('what is out of reach is not there, and running does not give approving', async () => {
  await admin('POST', '/roles', { name: 'runner', description: 'x', permissions: ['canExecuteWorkflows'] })
  await admin('POST', '/roles', { name: 'approver', description: 'x', permissions: ['canApprove', 'canViewExecutions'] })
  const runs = await givenKey(api.db, { role: 'runner', reach: { all: true } })
  const elsewhere = await givenKey(api.db, { role: 'approver', reach: { organizations: [globex] } })
  const otherWorkflow = await givenKey(api.db, { role: 'approver', reach: { all: true }, workflows: ['sleeps'] })
  const ofWorkflow = await givenKey(api.db, { role: 'approver', reach: { organizations: [acme] }, workflows: ['asks'] })
  const { id, approval } = await givenAsked()
  assert.equal((await withKey(runs.key)('GET', '/approvals')).status, 403)
  assert.deepEqual(outcomeOf(await decide(withKey(runs.key), 'approve', approval.id)), [403, 'forbidden'])
  for (const { key } of [elsewhere, otherWorkflow]) {
    assert.deepEqual(outcomeOf(await withKey(key)('GET', `/approvals/${approval.id}`)), [404, 'approval_not_found'])
    assert.deepEqual(outcomeOf(await decide(withKey(key), 'reject', approval.id)), [404, 'approval_not_found'])
    assert.equal((await withKey(key)('GET', `/approvals?org_id=${acme}`)).body.count, 0)
  }
  const [own] = (await withKey(ofWorkflow.key)('GET', '/approvals?state=open&for_me=true')).body.approvals
  assert.equal(own.execution_id, id)
  assert.equal((await decide(withKey(ofWorkflow.key), 'approve', approval.id)).status, 200)
})

test('an approval that nobody decides in time has expired, and the code is told', async () => {
  const { id, approval } = await givenAsked({ expiresInMs: 2_500 })
  const { result, status } = await ended(id)
  assert.deepEqual([status, result.approved, result.outcome, result.by], ['success', false, 'expired', null])
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', approval.id)), [409, 'approval_expired'])
  assert.equal((await approvalOf(id)).status, 'expired')
  assert.deepEqual(await auditOf(approval.id), ['approval.requested asks', 'approval.expired Crosswalk'])
})

test('where an approval is required, what is not approved fails the execution with a code', async () => {
  const expiring = await givenAsked({ expiresInMs: 2_500, required: true })
  const rejected = await givenAsked({ required: true })
  await decide(ben.ask, 'reject', rejected.approval.id, { comment: 'No.' })
  assert.equal((await ended(rejected.id)).error.details.code, 'approval_rejected')
  assert.equal((await ended(expiring.id)).error.details.code, 'approval_expired')
})

test('cancelling the execution closes its approval, and so does its deadline', async () => {
  const cancelled = await givenAsked()
  await admin('POST', `/executions/${cancelled.id}/cancel`)
  assert.equal((await approvalOf(cancelled.id)).status, 'closed')
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', cancelled.approval.id)), [409, 'approval_closed'])
  const late = await givenAsked({}, { submission: { deadlineMs: 3_000 } })
  assert.equal((await ended(late.id)).status, 'timeout')
  assert.equal((await approvalOf(late.id)).status, 'closed')
})

test('of an organization that was deactivated nothing is decided', async () => {
  const org = (await givenOrganization(api.db, 'Gone')).id
  const { approval } = await givenAsked({}, { org })
  await deactivateOrganization(api.db, systemActing, org)
  assert.deepEqual(outcomeOf(await decide(ben.ask, 'approve', approval.id)), [409, 'organization_inactive'])
  assert.equal((await ben.ask('GET', `/approvals?state=open&org_id=${org}`)).body.count, 0)
})

test('a person who leaves decides nothing any more, and the approval says that nobody may', async () => {
  const leaving = await join('Lea', 'technician')
  const { approval } = await givenAsked({ approvers: { people: ['lea@msp.example'] } })
  assert.equal((await ben.ask('GET', `/approvals/${approval.id}`)).body.deciders.count, 1)
  await admin('POST', `/people/${leaving.id}/deactivate`)
  assert.equal((await decide(leaving.ask, 'approve', approval.id)).status, 401)
  assert.deepEqual((await ben.ask('GET', `/approvals/${approval.id}`)).body.deciders, { names: [], count: 0 })
  const { body } = await ben.ask('GET', '/attention')
  assert.ok(body.approvals.undecidable.some(({ id }: Body) => id === approval.id))
})

test('a retry does not ask again for what was approved, and asks again for what was not', async () => {
  let calls = 0
  const vendor = createServer((_request, response) => {
    calls++
    response.writeHead(calls === 1 ? 400 : 200).end()
  })
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  const address = vendor.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  try {
    const { id, approval } = await givenAsked({}, { url })
    await decide(ben.ask, 'approve', approval.id)
    assert.equal((await ended(id)).status, 'failed')
    const retry = (await admin('POST', `/executions/${id}/retry`)).body.execution_id
    const again = await ended(retry)
    assert.deepEqual([again.status, again.result.id, await approvalsOf(retry)], ['success', approval.id, []])

    const refused = await givenAsked({}, { url })
    await decide(ben.ask, 'reject', refused.approval.id)
    assert.equal((await ended(refused.id)).status, 'failed')
    const second = (await admin('POST', `/executions/${refused.id}/retry`)).body.execution_id
    await waiting(second)
    const asked = await approvalOf(second)
    assert.deepEqual([asked.status, asked.id === refused.approval.id], ['open', false])
    await decide(ben.ask, 'approve', asked.id)
    assert.equal((await ended(second)).status, 'success')
  } finally {
    vendor.close()
  }
})

test('two approvals at once are decided each by itself', async () => {
  const id = await givenSubmitted(api.db, acme, 'asks_twice')
  await waiting(id)
  const [other, one] = await approvalsOf(id)
  assert.deepEqual([one.title, other.title].sort(), ['One', 'Other'])
  const titled = (title: string) => (one.title === title ? one : other)
  await decide(ben.ask, 'approve', titled('Other').id)
  await until('it waits again', async () => {
    const lines = await rows<{ count: number }>(
      sql`select count(*)::int as count from execution_logs where execution_id = ${id} and message like 'The execution waits%'`,
    )
    return lines[0]?.count === 2
  })
  await decide(ben.ask, 'reject', titled('One').id)
  assert.deepEqual((await ended(id)).result, ['rejected', 'approved'])
})

test('one that is decided while its execution still works beside is heard', async () => {
  const id = await givenSubmitted(api.db, acme, 'asks_beside', { ms: 8_000 })
  const approval = await until('it has asked', () => approvalOf(id))
  await decide(ben.ask, 'approve', approval.id)
  await until('it is heard', async () => stepsOf(await executionOf(id)).includes('heard success'))
  assert.ok(stepsOf(await executionOf(id)).includes('work running'), 'and before the work is done')
  assert.equal((await ended(id)).result, 'approved')
})

test('secrets are masked in what is asked, and texts stay texts', async () => {
  await admin('POST', '/secrets', { key: 'approval_secret', value: 'very-secret-value-1', scope: 'global' })
  const id = await givenSubmitted(api.db, acme, 'asks_secret')
  await waiting(id)
  const approval = await approvalOf(id)
  assert.ok(!JSON.stringify(approval).includes('very-secret'), JSON.stringify(approval))
  assert.ok(JSON.stringify(approval.details).includes('<b>bold</b>'))
  assert.ok(
    !JSON.stringify(await rows(sql`select target from audit_events where target ->> 'id' = ${approval.id}`)).includes('very-secret'),
  )
  await decide(ben.ask, 'approve', approval.id)
  await ended(id)
})

test('what makes no sense is refused with a code, and so is too much', async () => {
  const wrong = await ended(await givenSubmitted(api.db, acme, 'asks_wrongly'))
  assert.deepEqual(wrong.result, [
    'validation_failed',
    'TypeError',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'TypeError',
  ])
  const flood = await givenSubmitted(api.db, acme, 'floods')
  const codes = (await ended(flood)).result ?? (await executionOf(flood)).error
  assert.deepEqual(codes, ['too_many_approvals', 'too_many_approvals', 'too_many_approvals', 'too_many_approvals', 'too_many_approvals'])
  assert.deepEqual(new Set((await approvalsOf(flood)).map(({ status }) => status)), new Set(['closed']))
})

test('more executions than there are places ask, and other work begins at once', async () => {
  const ids = await Promise.all(
    Array.from({ length: 40 }, (_, index) => givenSubmitted(api.db, globex, 'asks', { request: { title: `Many ${index}` } })),
  )
  await until('all of them wait', async () => {
    const [row] = await rows<{ count: number }>(
      sql`select count(*)::int as count from executions where id = any(${ids}::uuid[]) and status = 'waiting'`,
    )
    return row?.count === 40
  })
  assert.equal((await ended(await givenSubmitted(api.db, globex, 'one_step'))).status, 'success')
  const page = (await ben.ask('GET', `/approvals?state=open&for_me=true&org_id=${globex}&limit=30`)).body
  const rest = (await ben.ask('GET', `/approvals?state=open&for_me=true&org_id=${globex}&limit=30&cursor=${page.next_cursor}`)).body
  assert.deepEqual([page.count, rest.count, rest.next_cursor], [30, 10, null])
  assert.equal(new Set([...page.approvals, ...rest.approvals].map(({ id }: Body) => id)).size, 40)
  await Promise.all(page.approvals.map(({ id }: Body) => decide(ben.ask, 'approve', id)))
  await Promise.all(rest.approvals.map(({ id }: Body) => decide(ben.ask, 'reject', id)))
  const outcomes = await Promise.all(ids.map(async (id) => (await ended(id)).result.outcome))
  assert.deepEqual([outcomes.filter((outcome) => outcome === 'approved').length, outcomes.length], [30, 40])
})

test('of a paused batch what is decided continues when the batch is resumed', async () => {
  const order = { workflow_name: 'asks', parameters: { request: { title: 'Of a batch' } }, organizations: [acme] }
  const { batch_id: batch } = (await admin('POST', '/workflows/execute', order)).body
  const id = await until('it waits', async () => {
    const { executions } = (await admin('GET', `/batches/${batch}/executions`)).body
    return executions[0]?.status === 'waiting' && String(executions[0].execution_id)
  })
  await admin('POST', `/batches/${batch}/pause`)
  assert.equal((await decide(ben.ask, 'approve', (await approvalOf(id)).id)).status, 200)
  const [held] = await rows<{ status: string }>(sql`select status from executions where id = ${id}`)
  assert.equal(held?.status, 'held')
  await admin('POST', `/batches/${batch}/resume`)
  assert.equal((await ended(id)).result.outcome, 'approved')
})

test('the whole installation is restarted during the wait, and workers are killed around the decision: nothing is lost', async () => {
  const { id, approval } = await givenAsked()
  for (const worker of workers.splice(0)) await endProcess(worker, 'SIGKILL')
  // Decided through another API process while no worker is there.
  const other = await startApiProcess(api.databaseUrl)
  const key = await givenKey(api.db, { role: 'technician', reach: { all: true } })
  const answer = await fetch(`${other.url}/api/approvals/${approval.id}/approve`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: '{}',
  })
  assert.equal(answer.status, 200)
  await endProcess(other.child, 'SIGKILL')
  assert.equal((await executionOf(id)).status, 'pending', 'woken with the decision')
  const first = await startWorker()
  await endProcess(first, 'SIGKILL')
  await startWorker()
  const done = await ended(id)
  assert.deepEqual([done.status, done.result.outcome], ['success', 'approved'])
  assert.equal((await approvalsOf(id)).length, 1, 'asked once')
  assert.deepEqual(stepsOf(done), ['before success', 'approve success', 'act success'])
})
