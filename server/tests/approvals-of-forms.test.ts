import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { installationAuthentication } from '../src/access/authentication.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { givenKey } from '../testing/given-keys.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

let api: TestApp
let acme: string
let customer: string
let technician: string
let worker: ChildProcess

const call = async (key: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Body> => {
  const headers = { authorization: `Bearer ${key}`, 'x-organization-id': acme }
  const answer = await api.app.inject({ method, url: `/api${path}`, headers, ...(body ? { payload: body } : {}) })
  assert.ok(answer.statusCode < 300, `${path}: ${answer.body}`)
  return answer.json()
}

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  worker = await startWorkerProcess(api.databaseUrl, { env: { CROSSWALK_MIN_WAIT_SECONDS: '1' } })
  acme = (await givenOrganization(api.db, 'Acme')).id
  const workflows = ['asks', 'asks_twice']
  customer = (await givenKey(api.db, { role: 'customer_user', reach: { organizations: [acme] }, workflows })).key
  technician = (await givenKey(api.db, { role: 'technician', reach: { all: true } })).key
})
after(async () => {
  if (worker) await endProcess(worker, 'SIGKILL')
  await api?.[Symbol.asyncDispose]()
})

/** A form that the customer sent, whose workflow waits for so many answers. */
async function givenSent(form: string, parameters: object, count = 1): Promise<{ id: string; approvals: Body[] }> {
  const { id, approval } = await call(customer, 'POST', `/forms/${form}/submissions`, { parameters })
  assert.equal(approval, null, 'it has asked nothing yet')
  return until('it waits', async () => {
    const { status, approvals } = await call(testAdminKey, 'GET', `/executions/${id}`)
    return status === 'waiting' && approvals.length === count && { id, approvals }
  })
}
const submissionOf = (id: string) => call(customer, 'GET', `/submissions/${id}`)
const ended = (id: string) =>
  until('it ends', async () => {
    const submission = await submissionOf(id)
    return submission.completed_at !== null && submission
  })
const decide = (verb: 'approve' | 'reject', id: string, comment?: string) =>
  call(technician, 'POST', `/approvals/${id}/${verb}`, comment === undefined ? {} : { comment })

test('who sent a form sees that it waits for a person and until when, and then that it was rejected and why', async () => {
  const { id, approvals } = await givenSent('asks', { request: { title: 'Delete the mailbox' } })
  assert.deepEqual((await submissionOf(id)).approval, {
    status: 'open',
    expires_at: approvals[0].expires_at,
    decided_at: null,
    comment: null,
  })
  const { decided_at, expires_at } = await decide('reject', approvals[0].id, 'Not her.')
  const { status, approval } = await ended(id)
  assert.equal(status, 'success', 'the workflow ends well, and that says nothing of what was asked')
  assert.deepEqual(approval, { status: 'rejected', expires_at, decided_at, comment: 'Not her.' })
  const { submissions } = await call(customer, 'GET', '/submissions')
  assert.deepEqual(submissions.find((one: Body) => one.id === id).approval, approval)
})

test('who sent a form sees that it was approved, and that nobody decided in time', async () => {
  const approved = await givenSent('asks', { request: { title: 'Delete the mailbox' } })
  await decide('approve', approved.approvals[0].id)
  assert.equal((await ended(approved.id)).approval.status, 'approved')
  const { id } = await call(customer, 'POST', '/forms/asks/submissions', { parameters: { request: { title: 'Late', expiresInMs: 1_000 } } })
  const { approval } = await ended(id)
  assert.deepEqual([approval.status, approval.decided_at, approval.comment], ['expired', approval.expires_at, null])
})

test('of two that are asked at once the open one counts, and then the refusal, also where the other was approved after it', async () => {
  const { id, approvals } = await givenSent('asks_twice', {}, 2)
  await decide('reject', approvals[0].id, 'This one not.')
  assert.equal((await submissionOf(id)).approval.status, 'open')
  await decide('approve', approvals[1].id, 'This one.')
  const { approval } = await ended(id)
  assert.deepEqual([approval.status, approval.comment], ['rejected', 'This one not.'])
})
