import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { submitAlone } from '../executions/executions.ts'
import { inScope, readInScope, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { adoptExecution, countLogLines, findOrphans, insertLogLines } from './host.queries.ts'

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

test('whoever takes an execution over waits for the lines that are just being written, and counts them', async () => {
  const id = await givenRunning('gone')
  const written = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const writing = inScope(app.db, 'allOrganizations', async (transaction) => {
    await insertLogLines(transaction, 'gone', [lineOf(id, 0), lineOf(id, 1)])
    written.resolve()
    await goOn.promise
  })
  await written.promise
  assert.deepEqual(await findOrphans(app.db, { workerId: 'other', endsLeases: false }), [], 'it is left to its worker for now')
  let isAdopted = false
  const counting = adoptExecution(app.db, 'other', id).then(async (row) => {
    isAdopted = true
    assert.equal(row?.claim, 2)
    return countLogLines(app.db, id)
  })
  await readInScope(app.db, 'allOrganizations', sql`select pg_sleep(0.1)`)
  assert.equal(isAdopted, false)
  goOn.resolve()
  await writing
  assert.deepEqual(await counting, { fromAuthor: 2, next: 2 })
})

test('lines of a worker whose execution was taken over are dropped', async () => {
  const [lost, kept] = [await givenRunning('paused'), await givenRunning('paused')]
  await adoptExecution(app.db, 'other', lost)
  await inScope(app.db, 'allOrganizations', (transaction) => insertLogLines(transaction, 'paused', [lineOf(lost, 0), lineOf(kept, 0)]))
  assert.deepEqual(await countLogLines(app.db, lost), { fromAuthor: 0, next: 0 })
  assert.deepEqual(await countLogLines(app.db, kept), { fromAuthor: 1, next: 1 })
})
