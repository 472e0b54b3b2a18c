import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { submitAlone } from '../executions/executions.ts'
import { inScope, readInScope, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { claimLeft } from './claim.queries.ts'
import { countLogLines, insertLogLines } from './host.queries.ts'
import { orphans, putBack } from './take-over.queries.ts'

let app: TestApp
const organizationId = newId()

before(async () => {
  app = await createTestApp()
  await inScope(app.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into organizations (id, name) values (${organizationId}, 'Acme')`),
  )
})
after(() => app[Symbol.asyncDispose]())

async function givenRunning(workerId: string): Promise<string> {
  const { id } = await submitAlone(app.db, {
    organizationId,
    kind: 'workflow',
    name: 'any',
    input: {},
    timeoutMs: 1_000,
    acting: { actor: { type: 'api_key', id: 'test', name: 'Test' }, requestId: null },
    isInteractive: false,
  })
  await readInScope(
    app.db,
    'allOrganizations',
    sql`update executions set status = 'running', worker_id = ${workerId}, claim = 1 where id = ${id}`,
  )
  return id
}

const lineOf = (executionId: string, sequence: number) => ({
  executionId,
  claim: 1,
  sequence,
  at: new Date(),
  level: 'info' as const,
  message: `line ${sequence}`,
  data: null,
  isFromAuthor: true,
})

const putBackOrphans = () => inScope(app.db, 'allOrganizations', (transaction) => putBack(transaction, orphans))

test('what a worker is just writing is left to it, and whoever takes the execution over afterwards finds it all', async () => {
  const id = await givenRunning('gone')
  const written = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const writing = inScope(app.db, 'allOrganizations', async (transaction) => {
    await insertLogLines(transaction, 'gone', [lineOf(id, 0), lineOf(id, 1)])
    written.resolve()
    await goOn.promise
  })
  await written.promise
  assert.equal(await putBackOrphans(), 0)
  goOn.resolve()
  await writing
  assert.equal(await putBackOrphans(), 1)
  const [row] = await claimLeft(app.db, { workerId: 'other', codeVersion: null, limit: 10 })
  assert.deepEqual([row?.id, row?.claim], [id, 2])
  assert.deepEqual(await countLogLines(app.db, id), { fromAuthor: 2, next: 2 })
})

test('lines of a worker whose execution was taken over are dropped', async () => {
  const lost = await givenRunning('paused')
  await putBackOrphans()
  const kept = await givenRunning('paused')
  await inScope(app.db, 'allOrganizations', (transaction) => insertLogLines(transaction, 'paused', [lineOf(lost, 0), lineOf(kept, 0)]))
  assert.deepEqual(await countLogLines(app.db, lost), { fromAuthor: 0, next: 0 })
  assert.deepEqual(await countLogLines(app.db, kept), { fromAuthor: 1, next: 1 })
})
