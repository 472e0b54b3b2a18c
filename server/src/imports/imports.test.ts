import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { type GivenApp, givenApp, givenPrincipal } from '../../testing/given-installation.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { importError, parseCsv } from './csv-text.ts'

type Row = { line: number; name: string; outcome: string; org_id: string | null; changes: string[]; problems: string[] }
type Imported = {
  columns: { heading: string; target: string }[]
  rows: Row[]
  outcomes: Record<string, number>
  is_imported: boolean
}
type Answer = Imported & { error: string; message: string; details: { rows: { line: number; problems: string[] }[] } }
type Organization = { id: string; name: string; tags: string[]; domains: string[]; fields: object }

let app: GivenApp
before(async () => {
  app = await givenApp()
  await givenPublished(app.db, integrationDefinition('halo'))
  for (const [name, type] of [
    ['seats', 'number'],
    ['tier', 'choice'],
  ] as const)
    await app.send('POST', '/organization-fields', {
      name,
      label: name,
      type,
      ...(type === 'choice' ? { choices: ['Gold', 'Silver'] } : {}),
    })
})
after(() => app[Symbol.asyncDispose]())

const send = (csv: string, more: object = {}) => app.send<Answer>('POST', '/organizations/import', { csv, ...more })
const organizations = async (search: string) =>
  (await app.send<{ organizations: Organization[] }>('GET', `/organizations?search=${encodeURIComponent(search)}`)).body.organizations

test('CSV is read as spreadsheets write it', () => {
  assert.deepEqual(parseCsv('\ufeffName;Note\r\n"A;B";"two\r\nlines"\r\n\r\nC;\r\n'), {
    delimiter: ';',
    header: ['Name', 'Note'],
    rows: [
      { line: 2, cells: ['A;B', 'two\r\nlines'] },
      { line: 5, cells: ['C', ''] },
    ],
  })
  assert.equal(parseCsv('a\tb\n1\t2').delimiter, '\t')
  assert.equal(parseCsv('"a;b;c",d\n1,2').delimiter, ',')
  assert.throws(
    () => parseCsv('a,b\n"1,2'),
    (error) => importError.is(error, 'import_unreadable'),
  )
  assert.throws(
    () => parseCsv(''),
    (error) => importError.is(error, 'import_unreadable'),
  )
  assert.throws(
    () => parseCsv(`a\n${'x\n'.repeat(10_001)}`),
    (error) => importError.is(error, 'import_too_long'),
  )
})

test('a dry run says what each row would do, and changes nothing', async () => {
  const { status, body } = await send(
    ['Customer,Tags,Tier,Seats,halo', 'Acme,vip;gold,gold,5,42', 'Initech,,,,', 'globex,,,,', 'Umbrella,,Lead,x,', 'initech,,,,'].join(
      '\n',
    ),
    { dry_run: true },
  )
  assert.equal(status, 200)
  assert.deepEqual(
    body.columns.map(({ target }) => target),
    ['name', 'tags', 'field:tier', 'field:seats', 'external:halo'],
  )
  assert.deepEqual(
    body.rows.map(({ line, outcome, changes }) => [line, outcome, changes]),
    [
      [2, 'changed', ['tags', 'field:tier', 'field:seats', 'external:halo']],
      [3, 'new', ['name']],
      [4, 'changed', ['name']],
      [5, 'refused', []],
      [6, 'refused', ['name']],
    ],
  )
  assert.deepEqual(body.rows[3]?.problems, ['Tier: must be one of: Gold, Silver.', 'Seats: must be a number.'])
  assert.match(body.rows[4]?.problems[0] ?? '', /same organization as line 3/)
  assert.deepEqual([body.outcomes, body.is_imported], [{ new: 1, changed: 2, same: 0, refused: 2 }, false])
  assert.equal((await organizations('Initech')).length, 0)
})

test('one row that cannot be imported keeps all others out', async () => {
  const refused = await send('Name,Tier\nInitech,Gold\nUmbrella,Lead\n')
  assert.deepEqual([refused.status, refused.body.error], [409, 'import_refused'])
  assert.deepEqual(refused.body.details.rows, [{ line: 3, problems: ['Tier: must be one of: Gold, Silver.'] }])
  assert.equal((await organizations('Initech')).length, 0)
})

test('what is imported is there with fields, tags and mappings, and importing it again changes nothing', async () => {
  const csv = 'Name,Tags,Domain,Tier,Halo\nHooli,"vip, gold",hooli.example,silver,77\n'
  assert.deepEqual((await send(csv)).body.outcomes, { new: 1, changed: 0, same: 0, refused: 0 })
  const [hooli] = await organizations('Hooli')
  assert.ok(hooli)
  assert.deepEqual([hooli.tags, hooli.domains, hooli.fields], [['gold', 'vip'], ['hooli.example'], { tier: 'Silver' }])
  const { body } = await app.send<{ mappings: { external_org_id: string }[] }>('GET', `/organizations/${hooli.id}/integrations`)
  assert.deepEqual(
    body.mappings.map(({ external_org_id }) => external_org_id),
    ['77'],
  )
  assert.deepEqual((await send(csv)).body.outcomes, { new: 0, changed: 0, same: 1, refused: 0 })
  const renamed = await send('Name,Halo\nHooli XYZ,77\n')
  assert.deepEqual([renamed.body.rows[0]?.outcome, renamed.body.rows[0]?.org_id], ['changed', hooli.id])
  const taken = await send('Name,Halo\nPied Piper,77\nAcme,77\n', { dry_run: true })
  assert.deepEqual(
    taken.body.rows.map(({ outcome }) => outcome),
    ['changed', 'refused'],
  )
  const events = await readInScope<{ target: object }>(
    app.db,
    'allOrganizations',
    sql`select target from audit_events where action = 'organizations.imported' order by id limit 1`,
  )
  const { id: _, ...counts } = (events[0]?.target ?? {}) as Record<string, unknown> // as the event has it
  assert.deepEqual(counts, { type: 'import', rows: 1, added: 1, changed: 0 })
})

test('a file that is sent twice at the same moment is imported once', async () => {
  const sent = await Promise.all([send('Name\nWayne\n'), send('Name\nWayne\n')])
  assert.deepEqual(sent.map(({ body }) => body.outcomes?.new).sort(), [0, 1])
  assert.equal((await organizations('Wayne')).length, 1)
})

test('columns are chosen by hand, and have to say whose a row is', async () => {
  const chosen = await send('A;B\nSoylent;gold\n', { columns: ['name', 'tags'], dry_run: true })
  assert.deepEqual(chosen.body.rows[0]?.changes, ['name', 'tags'])
  assert.equal((await send('A,B\n1,2')).body.error, 'import_columns_unclear')
  assert.equal((await send('Name,Other\n1,2', { columns: ['name', 'name'] })).body.error, 'import_columns_unclear')
  assert.equal((await send('Name,Other\n1,2', { columns: ['name', 'external:nothing'] })).body.error, 'integration_not_found')
  assert.equal((await send('Name,Other\n1,2', { columns: ['name', 'else'] })).status, 400)
})

test('who manages some organizations changes those, sees no others, and adds none', async () => {
  const ofAcme = app.as(givenPrincipal([app.acme]))
  const { body } = await ofAcme.send<Imported>('POST', '/organizations/import', {
    csv: `Id,Name,Seats\n,Acme,9\n,Globex,9\n${app.globex.id},,9\n`,
    dry_run: true,
  })
  assert.deepEqual(
    body.rows.map(({ outcome, org_id }) => [outcome, org_id]),
    [
      ['changed', app.acme.id],
      ['refused', null],
      ['refused', null],
    ],
  )
  assert.match(body.rows[2]?.problems[0] ?? '', /There is no organization with the id/)
})

test('what somebody who manages some organizations imports is theirs, and in the audit', async () => {
  const ofAcme = app.as(givenPrincipal([app.acme]))
  const { status, body } = await ofAcme.send<Answer>('POST', '/organizations/import', { csv: `Id,Seats\n${app.acme.id},11\n` })
  assert.deepEqual([status, body.outcomes], [200, { new: 0, changed: 1, same: 0, refused: 0 }], body.message)
})

test('what is wrong with many cells is told in few words, however long the heading is', async () => {
  const heading = 'x'.repeat(100_000)
  const rows = Array.from({ length: 2_000 }, (_, index) => `Customer ${index},no number`)
  const { status, body } = await send(`Name,${heading}\n${rows.join('\n')}\n`, { columns: ['name', 'field:seats'], dry_run: true })
  assert.deepEqual([status, body.outcomes.refused], [200, 2_000])
  assert.ok(body.rows.every(({ problems }) => problems.join().length < 300))
})

test('ten thousand rows are previewed', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `Customer ${index},tag-${index % 7}`)
  const { status, body } = await send(`Name,Tags\n${lines.join('\n')}\n`, { dry_run: true })
  assert.equal(status, 200, `${body.error}: ${body.message}`)
  assert.deepEqual(body.outcomes, { new: 10_000, changed: 0, same: 0, refused: 0 })
})
