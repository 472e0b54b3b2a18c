import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino, stdSerializers } from 'pino'
import { givenDatabase } from '../../testing/given-database.ts'
import { readInScope, sql } from './database/database.ts'
import { shownError } from './shown-error.ts'

test('what PostgreSQL says of a refused row is in the log without the values of the row', async () => {
  await using db = await givenDatabase()
  let log = ''
  const logger = pino({ serializers: { err: (error) => shownError(stdSerializers.err, error) } }, { write: (line) => (log += line) })
  for (const statement of [
    sql`insert into config (id, organization_id, key, value, updated_by) values (gen_random_uuid(), null, null, ${'"hunter2"'}, 'x')`,
    sql`select ${'hunter2'}::uuid`,
    sql`select ${'{"a": hunter2'}::jsonb`,
  ])
    await readInScope(db, 'allOrganizations', statement).catch((err: unknown) => logger.error({ err }, 'refused'))
  logger.error({ err: new TypeError('of ours') }, 'other')
  assert.equal(log.match(/"msg":"refused"/g)?.length, 3)
  assert.match(log, /null value in column .*invalid input syntax for type uuid.*invalid input syntax for type json.*of ours/s)
  assert.ok(!log.includes('hunter2'), log)
})
