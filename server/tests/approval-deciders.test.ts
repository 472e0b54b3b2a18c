import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { originsOfWithin } from '../src/access/callers.ts'
import { systemActing } from '../src/audit/audit.ts'
import { deactivateOrganization } from '../src/organizations/organizations.ts'
import { inScope, sql } from '../src/platform/database/database.ts'
import { type Asking, decide, givenAsking, outcomeOf } from '../testing/given-asking.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { givenKey } from '../testing/given-keys.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

const given = await givenAsking()
after(() => given[Symbol.asyncDispose]())
const { api, acme, globex, ann, ben, rows, withKey, admin, join, givenAsked, waiting, ended, approvalOf } = given

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
