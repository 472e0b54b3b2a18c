import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../testing/until.ts'
import { Budget } from './budget.ts'
import type { Answer, Question } from './budgets.queries.ts'

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

test('a person who waits is told of again where the database was away, and not only when there may be room', async () => {
  const asked: Pick<Question, 'people' | 'behind'>[] = []
  const full: Answer = { granted: 0, slots: [], allotted: 0, waitMs: 60_000, pausedMs: 0, othersWait: false }
  const budget = new Budget({
    host: 'vendor.example',
    ask: async ({ people, behind }) => {
      asked.push({ people, behind })
      if (asked.length === 2) throw away()
      return full
    },
    open: async (limits) => ({ pausedMs: 0, limits }),
    tell: () => {},
    warn: (error) => assert.fail(error as Error),
  })
  budget.declare([{ requests: 10, perMs: 60_000 }])
  const refused: string[] = []
  const take = (urgency: 'person' | 'background') =>
    budget.take({ organizationId: null, urgency, maxWaitMs: 120_000 }).catch(() => void refused.push(urgency))
  const waiting = [take('background')]
  await until('room was asked for', () => asked.length === 1)
  waiting.push(take('person'))
  const since = performance.now()
  await until('the person is told of', () => asked.length >= 3)
  assert.ok(performance.now() - since < 5_000, 'it waited until there might be room')
  assert.deepEqual(asked.slice(0, 3), [
    { people: 0, behind: 1 },
    { people: 1, behind: 1 },
    { people: 1, behind: 1 },
  ])
  await budget.close()
  await Promise.all(waiting)
  assert.deepEqual(refused.toSorted(), ['background', 'person'])
})

test('where the database answers later than a part may be held, it is held for longer', async () => {
  const holds: number[] = []
  const budget = new Budget({
    host: 'vendor.example',
    async ask({ holdMs, maxGranted }) {
      holds.push(holdMs)
      await delay(60)
      return { granted: maxGranted, slots: [], allotted: 0, waitMs: null, pausedMs: 0, othersWait: false }
    },
    open: async (limits) => ({ pausedMs: 0, limits }),
    tell: () => {},
    warn: (error) => assert.fail(error as Error),
  })
  budget.declare([{ requests: 10, perMs: 200 }])
  const { waitedMs } = await budget.take({ organizationId: null, urgency: 'background', maxWaitMs: 20_000 })
  assert.equal(holds[0], 20)
  assert.ok((holds.at(-1) ?? 0) >= 120, String(holds))
  assert.ok(waitedMs < 10_000)
  await budget.close()
})
