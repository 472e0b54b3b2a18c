import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { countBlocked } from '../../../testing/blocked-connections.ts'
import { givenHeld, givenSubmitted } from '../../../testing/given-executions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { systemActing } from '../../audit/audit.ts'
import { createBatch } from '../../batches/batches.ts'
import { deactivateOrganization } from '../../organizations/organizations.ts'
import { inScope, readInScope, type Sql, sql } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { pauses } from '../../processes/slices.ts'
import { claimHeard, claimLeft, claimPending, firstTurn } from '../dispatch/claim.queries.ts'
import { cancelExecution } from './cancellation.ts'
import { endHeld } from './ending.ts'
import type { Wait } from './execution.ts'
import { getExecution } from './executions.ts'
import { failed, platformFailure } from './outcomes.ts'
import { letGo, wake, wakeDue } from './waiting.ts'

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

const transact = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(app.db, 'allOrganizations', work)
const change = (statement: Sql) => readInScope(app.db, 'allOrganizations', statement)
const statusOf = async (id: string) =>
  (await readInScope<{ status: string }>(app.db, 'allOrganizations', sql`select status from executions where id = ${id}`))[0]?.status
const inMs = (ms: number): Wait => ({ until: new Date(Date.now() + ms), for: { type: 'time' } })
const forEvent: Wait = { until: null, for: { type: 'event', name: 'ticket.closed' } }

async function givenWaiting(wait: Wait, more: Parameters<typeof givenHeld>[3] = {}, of = organizationId): Promise<string> {
  const held = await givenHeld(app.db, of, 'worker', more)
  assert.equal(await transact((transaction) => letGo(transaction, pauses, held, wait, { done: 1, total: 2, message: null })), true)
  return held.executionId
}

test('an execution that was let go has no worker, and says until when and for what it waits', async () => {
  const wait = inMs(60_000)
  const execution = await getExecution(app.db, 'allOrganizations', await givenWaiting(wait))
  assert.deepEqual([execution.status, execution.wait, execution.progress?.done], ['waiting', wait, 1])
  const [row] = await readInScope<{ worker_id: null }>(
    app.db,
    'allOrganizations',
    sql`select worker_id from executions where id = ${execution.id}`,
  )
  assert.equal(row?.worker_id, null)
})

test('who has lost an execution, or is to cancel it, cannot let it go', async () => {
  const lost = await givenHeld(app.db, organizationId, 'worker')
  assert.equal(await transact((transaction) => letGo(transaction, pauses, { ...lost, claim: 2 }, inMs(1), null)), false)
  await change(sql`update executions set status = 'cancelling' where id = ${lost.executionId}`)
  assert.equal(await transact((transaction) => letGo(transaction, pauses, lost, inMs(1), null)), false)
  assert.equal(await statusOf(lost.executionId), 'cancelling')
  await givenEnd(lost.executionId, 'worker', 1)
})

test('what is due is woken, once however many workers look, and the rest waits', async () => {
  const due = await Promise.all(Array.from({ length: 20 }, () => givenWaiting(inMs(-1))))
  const later = await givenWaiting(inMs(60_000))
  const event = await givenWaiting(forEvent)
  const nextMs = await Promise.all([1, 2, 3].map(() => wakeDue(app.db, pauses, [])))
  assert.deepEqual([...new Set(await Promise.all(due.map(statusOf)))], ['pending'])
  assert.deepEqual([await statusOf(later), await statusOf(event)], ['waiting', 'waiting'])
  assert.ok(
    nextMs.every((ms) => ms !== undefined && ms <= 60_000),
    'the next is known',
  )
  await change(sql`update executions set status = 'cancelled', completed_at = now() where status in ('pending', 'waiting')`)
})

test('what woke goes through the same claim as new work, under the same limits, and not before it as what a lost worker left', async () => {
  const [woken, other] = [await givenWaiting(inMs(-1)), await givenSubmitted(app.db, organizationId, 'any')]
  await wakeDue(app.db, pauses, [])
  const given = { workerId: 'next', codeVersion: null, limit: 10 }
  assert.deepEqual(await claimLeft(app.db, given), [])
  const limits = { free: 10, freeForBackground: 10, ofOrganization: 10, ofOrganizationForBackground: 10, perOrganization: 1, overall: 1 }
  const claim = () => claimPending(app.db, { ...given, limits, turn: firstTurn, isLimited: true })
  const first = await claim()
  assert.deepEqual(
    first.rows.map(({ id, claim, priority }) => [id, claim, priority]),
    [[woken, 2, 10]],
    'it is the oldest, and took no place of the one that is allowed while it was pending',
  )
  assert.deepEqual((await claim()).rows, [])
  await givenEnd(woken, 'next', 2)
  assert.deepEqual(
    (await claim()).rows.map(({ id }) => id),
    [other],
  )
  await givenEnd(other, 'next', 1)
})

const givenEnd = async (executionId: string, workerId: string, claim: number) => {
  const execution = await getExecution(app.db, 'allOrganizations', executionId)
  await transact((transaction) => endHeld(transaction, [], { execution, claim: { executionId, workerId, claim } }, failed(platformFailure)))
}

test('what waits counts towards no limit', async () => {
  await givenWaiting(inMs(60_000))
  const next = await givenSubmitted(app.db, organizationId, 'any')
  const limits = { free: 10, freeForBackground: 10, ofOrganization: 10, ofOrganizationForBackground: 10, perOrganization: 1, overall: 1 }
  const claimed = await claimPending(app.db, { workerId: 'next', codeVersion: null, limits, turn: firstTurn, isLimited: true })
  assert.deepEqual(
    claimed.rows.map(({ id }) => id),
    [next],
  )
  await givenEnd(next, 'next', 1)
})

test('waking says whether there was anything to wake, and is safe to repeat', async () => {
  const id = await givenWaiting(forEvent)
  const wakeIt = () => transact((transaction) => wake(transaction, pauses, id))
  assert.deepEqual([await wakeIt(), await statusOf(id)], [true, 'pending'])
  assert.deepEqual([await wakeIt(), await wakeIt()], [false, false])
  assert.equal(await transact((transaction) => wake(transaction, pauses, newId())), false)
})

test('an execution that is woken while it runs does not wait for what has come', async () => {
  const held = await givenHeld(app.db, organizationId, 'worker')
  assert.equal(await transact((transaction) => wake(transaction, pauses, held.executionId)), true)
  assert.equal(await statusOf(held.executionId), 'running')
  assert.equal(await transact((transaction) => letGo(transaction, pauses, held, forEvent, null)), true)
  assert.equal(await statusOf(held.executionId), 'pending')
  const [row] = await claimHeard(app.db, { workerId: 'next', codeVersion: null, ids: [held.executionId] })
  assert.equal(row?.claim, 2)
  const again = { executionId: held.executionId, workerId: 'next', claim: 2 }
  await transact((transaction) => letGo(transaction, pauses, again, forEvent, null))
  assert.equal(await statusOf(held.executionId), 'waiting', 'it was woken once')
})

test('who wakes and who lets go at the same moment do not miss each other', async () => {
  const held = await givenHeld(app.db, organizationId, 'worker')
  const told = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const waking = transact(async (transaction) => {
    await wake(transaction, pauses, held.executionId)
    told.resolve()
    await goOn.promise
  })
  await told.promise
  const lettingGo = transact((transaction) => letGo(transaction, pauses, held, forEvent, null))
  await until('it waits for the one that wakes', async () => (await countBlocked(app.db)) > 0)
  goOn.resolve()
  await Promise.all([waking, lettingGo])
  assert.equal(await statusOf(held.executionId), 'pending')
})

test('one that waits is cancelled at once, and is not woken any more', async () => {
  const id = await givenWaiting(inMs(-1))
  const cancelled = await cancelExecution(app.db, systemActing, await getExecution(app.db, 'allOrganizations', id), [])
  assert.deepEqual([cancelled.status, cancelled.error?.message, cancelled.wait], ['cancelled', 'The execution was cancelled.', null])
  await wakeDue(app.db, pauses, [])
  assert.equal(await statusOf(id), 'cancelled')
})

test('of a paused batch nothing continues, whatever woke it, until the batch is resumed', async () => {
  const { id: batchId } = await transact((transaction) =>
    createBatch(transaction, {
      kind: 'workflow',
      name: 'any',
      parameters: {},
      selection: [organizationId],
      scope: 'allOrganizations',
      timeoutMs: 1_000,
      acting: systemActing,
    }),
  )
  const batch = { batch: { id: batchId, isPaused: false } }
  const [due, woken] = [await givenWaiting(inMs(-1), batch), await givenWaiting(forEvent, batch)]
  await change(sql`update batches set is_paused = true where id = ${batchId}`)
  await wakeDue(app.db, pauses, [])
  await transact((transaction) => wake(transaction, pauses, woken))
  assert.deepEqual([await statusOf(due), await statusOf(woken)], ['held', 'held'])
})

test('one of an organization that was deactivated meanwhile is cancelled when it is due, with the reason', async () => {
  const { id: gone } = await givenOrganization(app.db, 'Gone')
  const id = await givenWaiting(inMs(-1), {}, gone)
  await deactivateOrganization(app.db, systemActing, gone)
  const ends: string[] = []
  await wakeDue(app.db, pauses, [{ kind: 'workflow', onEnd: async (_transaction, execution) => void ends.push(execution.id) }])
  const execution = await getExecution(app.db, 'allOrganizations', id)
  assert.deepEqual([execution.status, execution.error?.details.code, ends], ['cancelled', 'organization_inactive', [id]])
})

test('an execution that waits without an end continues at its deadline, to be ended', async () => {
  const id = await givenWaiting(forEvent, { deadlineMs: 90_000 })
  const { wait, startedAt } = await getExecution(app.db, 'allOrganizations', id)
  assert.equal(Number(wait?.until) - Number(startedAt), 90_000)
})
