import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenHeld } from '../../../testing/given-executions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, type TestApp, testLogger } from '../../../testing/test-app.ts'
import { inScope, readInScope, sql } from '../../platform/database/database.ts'
import { Journal } from './journal.ts'

let app: TestApp
let organizationId: string

before(async () => {
  app = await createTestApp()
  organizationId = (await givenOrganization(app.db, 'Acme')).id
})
after(() => app[Symbol.asyncDispose]())

const givenRunning = async () => (await givenHeld(app.db, organizationId, 'me')).executionId

const lineOf = (executionId: string, sequence: number, data: string | null = null) => ({
  executionId,
  claim: 1,
  sequence,
  at: new Date(),
  level: 'info' as const,
  message: `line ${sequence}`,
  data,
  isFromAuthor: true,
})

const sequencesOf = async (executionId: string) =>
  (
    await readInScope<{ sequence: number }>(
      app.db,
      'allOrganizations',
      sql`select sequence from execution_logs where execution_id = ${executionId} order by sequence`,
    )
  ).map(({ sequence }) => sequence)

test('what PostgreSQL refuses of one execution holds up no other', async () => {
  const [refused, kept] = [await givenRunning(), await givenRunning()]
  const journal = new Journal(app.db, 'me', testLogger)
  journal.addLine(lineOf(refused, 0, '{'))
  journal.addLine(lineOf(kept, 0))
  await journal.flush()
  journal.addLine(lineOf(kept, 1))
  await journal.flush()
  assert.deepEqual([await sequencesOf(refused), await sequencesOf(kept)], [[], [0, 1]])
})

test('a reader that waits for lines, or takes them, does not wait for those that others write later', async () => {
  const [talking, waiting, ending] = [await givenRunning(), await givenRunning(), await givenRunning()]
  const journal = new Journal(app.db, 'me', testLogger)
  let isOver = false
  let lines = 0
  const talk = () => {
    if (isOver) return
    journal.addLine(lineOf(talking, lines++))
    setImmediate(talk)
  }
  const flushAgain = async () => {
    while (!isOver) await journal.flush()
  }
  talk()
  const flushing = flushAgain()
  try {
    journal.addLine(lineOf(waiting, 0))
    await journal.flush()
    assert.deepEqual(await sequencesOf(waiting), [0])
    for (let sequence = 0; sequence < 20; sequence++) {
      journal.addLine(lineOf(ending, sequence))
      const write = await journal.take(ending)
      await inScope(app.db, 'allOrganizations', write)
    }
    assert.equal((await sequencesOf(ending)).length, 20)
  } finally {
    isOver = true
    await flushing
  }
  await journal.flush()
  assert.deepEqual(
    await sequencesOf(talking),
    Array.from({ length: lines }, (_, sequence) => sequence),
  )
})
