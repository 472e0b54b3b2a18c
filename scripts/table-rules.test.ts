import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { slices } from './slices.ts'
import { brokenQueryPlaces, brokenTableRules, serverSources, tablesOfMigrations } from './table-rules.ts'

const root = dirname(import.meta.dirname)
const files = serverSources(root)
const tables = tablesOfMigrations(root)

test('each table has one slice that writes it, and others read it only where that slice says why', () => {
  assert.deepEqual(brokenTableRules(files, slices, tables), [])
})

test('a planted violation of each kind is found', () => {
  const fill = (text: string) => `\${${text}}`
  for (const [path, text, found] of [
    ['history/planted.ts', 'sql`update executions set progress = null`', /writes executions, which engine owns/],
    ['mappings/planted.queries.ts', 'sql`delete from organizations where id = 1`', /writes organizations/],
    ['batches/planted.ts', 'sql`with x as (insert into audit_events (id) values (1)) select 1`', /writes audit_events/],
    ['batches/planted.ts', `sql\`select 1 ${fill('a ? sql`merge  INTO\n schedules s using x` : sql``')}\``, /writes schedules/],
    ['batches/planted.ts', 'sql`UPDATE /* mine */ ONLY Public."EXECUTIONS" e SET x = 1`', /writes executions/],
    ['matching/planted.ts', 'sql`alter table if exists organizations add column x int`', /writes organizations/],
    [
      'history/planted.queries.ts',
      'sql`select from executions e, lateral (select 1) x`; sql`select 1 from organizations o, execution_keys k`',
      /engine keeps/,
    ],
    ['history/planted.queries.ts', `sql\`select from ${fill('raw(name)')}\``, /raw\(…\)/],
    ['overview/planted.ts', 'sql`truncate table only "batch_items"`', /writes batch_items/],
    ['organizations/planted.queries.ts', 'sql`select from organization_mappings`', /organizations stands before mappings/],
    [
      'mappings/planted.queries.ts',
      'sql`select 1 from organizations o left join external_organizations e using (id)`',
      /stands before discovery/,
    ],
    ['history/planted.queries.ts', 'sql`select from public.execution_keys`', /engine keeps to itself/],
    ['overview/planted.queries.ts', 'const table = sql`sign_in_tokens`', /access keeps to itself/],
    ['runner/planted.ts', 'sql`select * from executions`', /runner stands before engine/],
  ] as const) {
    const broken = brokenTableRules([...files, { path: `server/src/${path}`, text }], slices, tables)
    assert.equal(broken.length, 1, `${text}\n${broken.join('\n')}`)
    assert.match(broken[0] ?? '', found)
  }
})

test('what only looks like a write is none: a lock, a comment, a sentence, a name that is longer', () => {
  for (const text of [
    'sql`select from organizations for update`',
    'sql`select from executions e for no key update of e`',
    "const sentence = 'delete from organizations and update executions'",
    '// insert into organizations',
    'sql`insert into batches_of_mine (id) values (1)`',
    'sql`select 1 -- delete from organizations\n`',
    'sql`select count(*) as executions, config from organizations`',
  ]) {
    assert.deepEqual(brokenTableRules([...files, { path: 'server/src/overview/planted.ts', text }], slices, tables), [], text)
  }
})

test('a table without an owner, with two, or that is not there is found; and leave to read that nobody uses', () => {
  assert.match(brokenTableRules(files, slices, [...tables, 'planted'])[0] ?? '', /planted has no slice as its owner/)
  const twice = [...slices, { name: 'planted', tables: { batches: null, not_there: null } }]
  assert.deepEqual(
    brokenTableRules([], twice, ['batches']).filter((sentence) => /batches and planted|not_there/.test(sentence)),
    [
      'The table batches has batches and planted as its owner. Name it in one *.slice.ts.',
      'planted owns not_there, which no migration makes.',
    ],
  )
  const open = [...slices, { name: 'planted', tables: { planted: 'Nobody reads it.' } }]
  assert.match(brokenTableRules(files, open, [...tables, 'planted']).join(), /planted lets others read planted, and none does/)
})

test('SQL stands in files of queries; a planted statement elsewhere is found, also as text, and one in a file of parts', () => {
  assert.deepEqual(brokenQueryPlaces(files), [])
  for (const [path, text, isFound] of [
    ['history/planted.ts', 'sql`select 1 from executions`', true],
    ['history/planted.ts', 'const isOne = sql`e.id = 1`', true],
    ['history/planted.ts', "client.query('delete from executions')", true],
    ['history/planted.routes.ts', 'transaction.query(sql`savepoint part`)', true],
    ['values/value-scope.ts', 'sql`update config set value = null`', true],
    ['values/value-scope.ts', 'sql`organization_id is null`', false],
    ['history/planted.queries.ts', 'sql`select 1 from executions`', false],
    ['platform/database/planted.ts', "client.query('select name from schema_migrations')", false],
    ['history/planted.ts', "const sentence = 'Select a file from the list, then update it.'", false],
  ] as const) {
    assert.equal(brokenQueryPlaces([{ path: `server/src/${path}`, text }]).length, isFound ? 1 : 0, `${path}: ${text}`)
  }
})
