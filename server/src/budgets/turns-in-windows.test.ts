import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenDatabase } from '../../testing/given-database.ts'
import type { Database } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { type Answer, askBudget, openBudgetRow } from './budgets.queries.ts'
import { unnamed } from './credential-names.ts'
import { type LimitSpec, limitsOf } from './limits.ts'

let db: Database
const ends = new AsyncDisposableStack()

before(async () => {
  db = ends.use(await givenDatabase())
})
after(() => ends.disposeAsync())

/** 19 for the background, in chunks of 7; one is kept for people. */
const spec: LimitSpec = { requests: 20, perMs: 600_000, share: 1 }
const limits = limitsOf([spec])
const usable = 19

type Worker = {
  taken: number
  /** Asks once, for as much as `waiting` calls need. Returns what it is given. */
  ask(waiting: number, organizations?: number, people?: number): Promise<number>
  /** The same until it is given nothing. Returns all that it was given. */
  askOften(waiting: number, organizations?: number): Promise<number>
  /** Gives back all that it has, and asks for what `waiting` calls need. Returns what it is given. */
  giveBack(waiting?: number): Promise<number>
}

/** Workers that share a new budget. */
async function givenWorkers(): Promise<[Worker, Worker, Worker]> {
  const budgetId = newId()
  const identity = { id: budgetId, integration: null, host: 'vendor.example', credential: newId(), organizationId: null, named: unnamed }
  await openBudgetRow(db, identity, [spec])
  const open = (): Worker => {
    const workerId = newId()
    let slots: (Answer['slots'][number] & { count: number })[] = []
    const put = async (behind: number, organizations: number, reports: typeof slots = [], people = 0) => {
      const asked = {
        budgetId,
        workerId,
        limits,
        holdMs: limits.holdMs,
        reports,
        underWay: 0,
        people,
        behind,
        ahead: 0,
        inHand: 0,
        organizations,
      }
      const answer = await askBudget(db, { ...asked, maxGranted: limits.windows[0]?.chunk ?? 0 })
      assert.ok(answer)
      if (answer.granted > 0) slots.push(...answer.slots.map((slot) => ({ ...slot, count: answer.granted })))
      worker.taken += answer.granted
      return answer.granted
    }
    const worker: Worker = {
      taken: 0,
      ask: (waiting, organizations = 1, people = 0) => put(waiting, organizations, [], people),
      async askOften(waiting, organizations = 1) {
        let sum = 0
        for (let given = -1; given !== 0; sum += given) given = await put(waiting - sum, organizations)
        return sum
      },
      giveBack(waiting = 0) {
        const reports = slots.map((slot) => ({ ...slot, isLate: true }))
        slots = []
        worker.taken = 0
        return put(waiting, Math.sign(waiting), reports)
      },
    }
    return worker
  }
  return [open(), open(), open()]
}

test('a worker that asks first, and again and again, leaves what another waits for', async () => {
  const [large, small] = await givenWorkers()
  assert.equal(await large.askOften(100), usable)
  assert.equal(await small.ask(8), 0)
  await large.giveBack()
  assert.equal(await large.askOften(100), usable - 8)
  assert.equal(await small.askOften(8), 7, 'one chunk, and behind it the large one has waited for a longer time')
  assert.equal(await large.askOften(89), 1)
})

test('workers that want more than there is have it by turns, whichever of them is faster', async () => {
  const [fast, slow] = await givenWorkers()
  for (let window = 0; window < 3; window++) {
    await fast.askOften(100)
    await slow.ask(100)
    await fast.giveBack()
    await slow.giveBack()
    assert.equal(await slow.ask(100), 7)
    await slow.giveBack()
    assert.equal(await fast.askOften(100), usable)
    assert.equal(await slow.ask(100), 0)
    await fast.giveBack()
    const given = await fast.askOften(100)
    assert.equal(given, usable - 10, 'half is kept for the other')
    await slow.askOften(100)
    assert.ok(slow.taken >= 7, `${slow.taken} of ${usable}`)
    await fast.askOften(100)
    assert.equal(fast.taken + slow.taken, usable, 'nothing is left lying')
    await fast.giveBack()
    await slow.giveBack()
  }
})

test('what is kept goes by how many organizations wait', async () => {
  const [one, many, third] = await givenWorkers()
  await third.askOften(100)
  assert.deepEqual([await one.ask(100, 1), await many.ask(100, 8)], [0, 0])
  await third.giveBack()
  // Of ten organizations it has one.
  assert.equal(await third.askOften(100, 1), 1)
  assert.equal(await many.ask(100, 8), 7)
})

test('what a person is given is no turn of those who wait in the same worker', async () => {
  const [full, mixed, other] = await givenWorkers()
  await full.askOften(100)
  assert.deepEqual([await mixed.ask(5), await other.ask(100)], [0, 0])
  assert.equal(await mixed.ask(5, 1, 1), 1)
  await full.giveBack()
  assert.equal(await other.askOften(100), usable - 1 - 5)
  assert.equal(await mixed.ask(5), 5)
})

test('nothing is kept for a worker that wants nothing more', async () => {
  const [large, small] = await givenWorkers()
  await large.askOften(100)
  assert.equal(await small.ask(8), 0)
  await small.ask(0, 0)
  await large.giveBack()
  assert.equal(await large.askOften(100), usable)
})

test('a worker whose part came too late to be used has its turn still', async () => {
  const [large, small] = await givenWorkers()
  await large.askOften(100)
  assert.equal(await small.ask(3), 0)
  await large.giveBack()
  assert.equal(await large.askOften(100), usable - 3)
  assert.equal(await small.ask(3), 3)
  assert.equal(await large.ask(100), 0)
  assert.equal(await small.giveBack(3), 3)
})
