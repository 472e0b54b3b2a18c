import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { testLogger } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { systemActing } from '../../audit/audit.ts'
import type { Database } from '../../platform/database/database.ts'
import type { ClaimedRow } from '../state/claiming.queries.ts'
import { submitAlone } from '../state/executions.ts'
import { createDispatcher } from './dispatcher.ts'

const organizationCount = 120

/** A dispatcher of one worker, and what it took. */
function dispatcherOf(db: Database, run: (row: ClaimedRow) => Promise<unknown>) {
  const taken: string[] = []
  const dispatcher = createDispatcher({
    db,
    workerId: 'worker',
    logger: testLogger,
    maxConcurrent: 16,
    limits: { perOrganization: null, overall: null },
    async run(row) {
      taken.push(row.id)
      await run(row)
    },
  })
  dispatcher.setWorkspace({ codeVersion: 'v1', hasLimits: false })
  return { dispatcher, taken }
}

test('a long line is taken to its end without a pause, however short what is in it is, and each of it once', async (context) => {
  // Nothing looks again by itself: what is missed stays.
  context.mock.timers.enable({ apis: ['setInterval'] })
  await using db = await givenDatabase()
  for (let index = 0; index < organizationCount; index++) {
    const { id: organizationId } = await givenOrganization(db, `Organization ${index}`)
    const order = { organizationId, kind: 'workflow', name: 'work', input: {}, timeoutMs: 1_000, isInteractive: false } as const
    await submitAlone(db, { ...order, acting: systemActing })
  }
  // Some end while a claim is under way, and some after it.
  const { dispatcher, taken } = dispatcherOf(db, ({ id }) => delay(Number.parseInt(id.slice(-2), 16) % 12))
  dispatcher.begin()
  await until('all were taken', () => taken.length === organizationCount)
  await dispatcher.stop()
  assert.equal(new Set(taken).size, organizationCount)
})
