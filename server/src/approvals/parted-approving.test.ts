import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { givenDatabase } from '../../testing/given-database.ts'
import { gives, type Permission } from '../access/permissions.ts'
import { inScope, raw, readInScope, sql } from '../platform/database/database.ts'

test('running workflows does not give approving, and the parts of running still give the whole', () => {
  const has = (...granted: Permission[]) => new Set(granted)
  assert.equal(gives(has('canExecuteWorkflows'), 'canApprove'), false)
  const parts = has('canViewCatalogue', 'canRunWorkflows', 'canSeeResults', 'canManageSchedules', 'canSubmitForms')
  assert.equal(gives(parts, 'canExecuteWorkflows'), true)
  assert.equal(gives(has('canApprove'), 'canRunWorkflows'), false)
})

test('roles of before keep approving, and are not given it twice', async () => {
  await using db = await givenDatabase()
  const roles: [name: string, permissions: string[]][] = [
    ['bundle', ['canExecuteWorkflows', 'canViewHistory']],
    ['both', ['canApprove', 'canExecuteWorkflows']],
    ['runner', ['canRunWorkflows']],
  ]
  const migration = readFileSync(join(import.meta.dirname, '../../migrations/0260_parted_approving.sql'), 'utf8')
  await inScope(db, 'allOrganizations', async (transaction) => {
    for (const [name, permissions] of roles)
      await transaction.query(sql`insert into roles (name, description, permissions) values (${name}, 'x', ${permissions})`)
    for (let times = 0; times < 2; times++) await transaction.query(raw(migration))
  })
  const rows = await readInScope<{ name: string; permissions: string[] }>(
    db,
    'allOrganizations',
    sql`select name, permissions from roles order by name`,
  )
  assert.deepEqual(
    rows.map(({ name, permissions }) => [name, permissions]),
    [
      ['both', ['canApprove', 'canExecuteWorkflows']],
      ['bundle', ['canExecuteWorkflows', 'canViewHistory', 'canApprove']],
      ['runner', ['canRunWorkflows']],
    ],
  )
})
