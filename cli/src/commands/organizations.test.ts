import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, givenOrganization, givenOrganizations, pointingTo } from '../testing/given.ts'
import { errorBody, startStubServer } from '../testing/stub-server.ts'

test('a list in a pipe is a plain table that is not cut', async () => {
  await using server = await startStubServer()
  const long = 'A'.repeat(200)
  givenOrganizations(server, [givenOrganization(long)])
  const { code, out, err } = await callCli(['orgs', 'list'], pointingTo(server))
  assert.equal(code, 0)
  assert.equal(err, '')
  assert.match(out, new RegExp(`^ID +NAME +DOMAINS +ACTIVE\n${acmeId}  ${long}  - +yes\n$`))
  assert.equal(server.requests[0]?.headers.authorization, 'Bearer stub-key')
})

test('a list in a terminal fits into it, with whole ids and without what could steer the terminal', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization(`Evil\u001b[2J${'x'.repeat(100)}`)])
  const { out } = await callCli(['orgs', 'list'], { ...pointingTo(server), columns: 80 })
  const lines = out.trimEnd().split('\n')
  // The colours of the table itself are the only control characters.
  const visible = lines.map(stripVTControlCharacters)
  assert.ok(
    visible.every((line) => line.length <= 80),
    out,
  )
  assert.ok(visible[1]?.includes(acmeId) && visible[1].includes('Evil\\u001b[2J'), out)
  assert.ok(visible[1]?.includes('…'))
})

test('NO_COLOR is obeyed in a terminal', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization('Acme')])
  const { env } = pointingTo(server)
  const { out } = await callCli(['orgs', 'list'], { env: { ...env, NO_COLOR: '1' }, columns: 80 })
  assert.equal(out, stripVTControlCharacters(out))
})

test("--json prints the server's JSON and nothing else", async () => {
  await using server = await startStubServer()
  const body = { organizations: [givenOrganization('Acme')], count: 1, next_cursor: 'abc', something_new: 1 }
  server.on('GET /api/organizations', { body })
  const { out, err } = await callCli(['orgs', 'list', '--json'], pointingTo(server))
  assert.deepEqual(JSON.parse(out), body)
  assert.equal(err, '')
})

test('--if-missing shows the active organization of that name, and adds one where there is none', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization('Acme'), givenOrganization('Globex', { is_active: false })])
  server.on('POST /api/organizations', (request) => ({ status: 201, body: { ...givenOrganization('x'), ...(request.body as object) } }))
  const create = async (name: string) => {
    const { out } = await callCli(['orgs', 'create', name, '--if-missing', '--json'], pointingTo(server))
    return [(JSON.parse(out) as { name: string }).name, server.requests.at(-1)?.method]
  }
  assert.deepEqual(await create('Acme'), ['Acme', 'GET'])
  assert.deepEqual(await create('Acm'), ['Acm', 'POST'])
  assert.deepEqual(await create('Globex'), ['Globex', 'POST'])
})

test('--all reads every page', async () => {
  await using server = await startStubServer()
  server.on('GET /api/organizations', ({ query }) => {
    const isLast = query.cursor === 'second'
    return { body: { organizations: [givenOrganization(isLast ? 'Globex' : 'Acme')], count: 1, next_cursor: isLast ? null : 'second' } }
  })
  const { out } = await callCli(['orgs', 'list', '--all', '--json'], pointingTo(server))
  const body = JSON.parse(out) as { organizations: { name: string }[]; count: number }
  assert.deepEqual(
    body.organizations.map(({ name }) => name),
    ['Acme', 'Globex'],
  )
  assert.equal(body.count, 2)
  const firstPage = await callCli(['orgs', 'list'], pointingTo(server))
  assert.match(firstPage.err, /There are more: add --all, or --cursor second/)
})

test('an organization is found by its whole name, in any case, and never by a part of it', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization('Acme Corp')])
  server.on(`GET /api/organizations/${acmeId}`, { body: givenOrganization('Acme Corp') })
  const whole = await callCli(['orgs', 'show', 'acme corp'], pointingTo(server))
  assert.equal(whole.code, 0)
  assert.match(whole.out, /Name +Acme Corp\n/)
  const part = await callCli(['orgs', 'show', 'Acme'], pointingTo(server))
  assert.equal(part.code, 1)
  assert.match(part.err, /There is no organization named Acme\. Similar: Acme Corp 0189.*\(organization_not_found\)/)
})

test('a name that several organizations have is refused with their ids', async () => {
  await using server = await startStubServer()
  givenOrganizations(server, [givenOrganization('Acme'), givenOrganization('Acme', { id: acmeId.replace(/a$/, 'b'), is_active: false })])
  const { code, err } = await callCli(['orgs', 'deactivate', 'Acme'], pointingTo(server))
  assert.equal(code, 1)
  assert.match(err, /2 organizations are named Acme\. Give the id of one: Acme 0189.*a, Acme \(deactivated\) 0189.*b\./)
  assert.ok(server.requests.every(({ method }) => method === 'GET'))
})

test("the server's error is told with its fields and its code, on standard error, and exits with 1", async () => {
  await using server = await startStubServer()
  server.on('POST /api/organizations', {
    status: 400,
    body: errorBody('validation_failed', 'The request is not valid.', { name: ['must not be empty'] }),
  })
  const { code, out, err } = await callCli(['orgs', 'create', ' '], pointingTo(server))
  assert.deepEqual({ code, out }, { code: 1, out: '' })
  assert.equal(err, 'crosswalk: The request is not valid. (validation_failed)\n  name: must not be empty\n')
})

test('tags are given one by one, taken away by an empty one, shown, and listed by', async () => {
  await using server = await startStubServer()
  const tagged = givenOrganization('Acme', { tags: ['gold', 'vip'] })
  server.on('POST /api/organizations', { status: 201, body: tagged })
  server.on(`PATCH /api/organizations/${acmeId}`, { body: tagged })
  server.on('GET /api/organizations', ({ query }) => ({
    body: { organizations: query.tag === 'gold' ? [tagged] : [], count: 1, next_cursor: null },
  }))
  const { out } = await callCli(['orgs', 'create', 'Acme', '--tag', 'gold', '--tag', 'vip'], pointingTo(server))
  assert.deepEqual(server.requests.at(-1)?.body, { name: 'Acme', tags: ['gold', 'vip'] })
  assert.match(out, /Tags +gold, vip\n/)
  await callCli(['orgs', 'update', acmeId, '--tag', ''], pointingTo(server))
  assert.deepEqual(server.requests.at(-1)?.body, { tags: [] })
  assert.match((await callCli(['orgs', 'list', '--tag', 'gold'], pointingTo(server))).out, /Acme/)
})

test('an update sends only what was given', async () => {
  await using server = await startStubServer()
  server.on(`PATCH /api/organizations/${acmeId}`, { body: givenOrganization('Acme Ltd') })
  await callCli(['orgs', 'update', acmeId, '--name', 'Acme Ltd', '--tenant-id', ''], pointingTo(server))
  assert.deepEqual(server.requests.at(-1)?.body, { name: 'Acme Ltd', tenant_id: null })
  const { code, err } = await callCli(['orgs', 'update', acmeId], pointingTo(server))
  assert.equal(code, 2)
  assert.match(err, /^crosswalk: Say what to change: /)
})

test('values of custom fields are sent by their types, and filter the list', async () => {
  await using server = await startStubServer()
  const field = (name: string, type: string) => ({ name, label: name, type, is_required: false, choices: ['Gold'], etag: '"f"' })
  const fields = [field('seats', 'number'), field('managed', 'yes_no'), field('tier', 'choice'), field('note', 'text')]
  server.on('GET /api/organization-fields', { body: { fields, count: fields.length } })
  server.on('POST /api/organizations', { status: 201, body: givenOrganization('Acme', { fields: { managed: true, seats: 5 } }) })
  const pairs = ['seats=5', 'managed=yes', 'tier=gold', 'note=a=b'].flatMap((pair) => ['--field', pair])
  const made = await callCli(['orgs', 'create', 'Acme', ...pairs], pointingTo(server))
  assert.match(made.out, /managed +yes/)
  const sent = server.requests.find(({ method }) => method === 'POST')?.body as { fields: object }
  assert.deepEqual(sent.fields, { seats: 5, managed: true, tier: 'Gold', note: 'a=b' })
  givenOrganizations(server, [givenOrganization('Acme')])
  await callCli(['orgs', 'list', '--field', 'tier=gold'], pointingTo(server))
  assert.equal(server.requests.at(-1)?.query['field.tier'], 'gold')
  assert.equal((await callCli(['orgs', 'list', '--field', 'tier'], pointingTo(server))).code, 2)
})

test('a file is previewed and imported, and says why a row is refused', async () => {
  await using server = await startStubServer()
  const folder = await mkdtemp(join(tmpdir(), 'crosswalk-import-'))
  await writeFile(join(folder, 'customers.csv'), '\ufeffName\nAcme\n')
  await writeFile(join(folder, 'latin.csv'), Buffer.from('Name\nM\xfcller\n', 'latin1'))
  const answer = (outcome: string, problems: string[] = []) => ({
    body: {
      columns: [],
      rows: [{ line: 2, name: 'Acme', outcome, org_id: null, changes: ['name'], problems }],
      outcomes: { new: 0, changed: 0, same: 0, refused: 0, [outcome]: 1 },
    },
  })
  const call = (...args: string[]) => callCli(['orgs', 'import', ...args], { ...pointingTo(server), cwd: folder })
  server.on('POST /api/organizations/import', answer('new'))
  const preview = await call('customers.csv', '--dry-run')
  assert.match(preview.out, /2 +Acme +new +name/)
  assert.match(preview.err, /1 new, 0 changed/)
  assert.equal((server.requests[0]?.body as { dry_run: boolean } | undefined)?.dry_run, true)
  const columns = await call('customers.csv', '--yes', '--column', 'name', '--column', 'skip')
  assert.match(columns.err, /Imported\. 1 new/)
  assert.deepEqual(server.requests[1]?.body, { csv: 'Name\nAcme\n', columns: ['name', ''] })
  server.on('POST /api/organizations/import', answer('refused', ['Tier: must be one of: Gold.']))
  const refused = await call('customers.csv', '--dry-run')
  assert.deepEqual([refused.code, /Tier: must be one of/.test(refused.out)], [1, true])
  assert.match((await call('latin.csv', '--dry-run')).err, /is not UTF-8/)
  await rm(folder, { recursive: true })
})
