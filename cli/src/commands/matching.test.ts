import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Match } from '@crosswalk/client'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, pointingTo } from '../testing/given.ts'
import { errorBody, type StubServer, startStubServer } from '../testing/stub-server.ts'

const candidate = (id: string, name: string, reason: Match['candidates'][number]['reason'] = 'same_name') => ({
  external_org_id: id,
  external_org_name: name,
  metadata: {},
  reason,
  score: 0.9,
  shared: reason === 'same_tenant' ? 'tenant 8e1d907c' : null,
})
const acme: Match = { org_id: acmeId, org_name: 'Acme', domains: [], candidates: [candidate('1', 'ACME Inc')], preselected: '1' }
const globex: Match = {
  ...acme,
  org_name: 'Globex',
  candidates: [candidate('2', 'Globex GmbH', 'same_tenant'), candidate('3', 'Globex Ltd')],
  preselected: null,
}
const zorro: Match = { ...acme, org_name: 'Zorro', candidates: [], preselected: null }
const mapRoute = 'POST /api/integrations/halo/mappings'

function givenMatches(server: StubServer, matches: Match[], discoveredAt: string | null = '2025-10-11T10:00:00Z'): void {
  server.on('GET /api/integrations/halo/matches', ({ query }) => {
    const from = Number(query.cursor ?? 0)
    const page = matches.slice(from, from + Number(query.limit ?? 50))
    const next = from + page.length < matches.length ? `${from + page.length}` : null
    return { body: { matches: page, count: page.length, next_cursor: next, discovered_at: discoveredAt, stale: false } }
  })
}

const bodies = (server: StubServer) =>
  server.requests
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => (body as { mappings: { external_org_id: string }[] }).mappings)

test('matches are listed with the best candidate, why, and how many others there are', async () => {
  await using server = await startStubServer()
  givenMatches(server, [acme, globex, zorro])
  const { code, out } = await callCli(['match', 'halo', '--search', 'o', '--no-likely'], pointingTo(server))
  assert.equal(code, 0)
  assert.deepEqual(
    out.split('\n').map((line) => line.trimEnd().split(/ {2,}/)),
    [
      ['ORGANIZATION', 'EXTERNAL ID', 'EXTERNAL NAME', 'WHY', 'SURE', 'OTHERS'],
      ['Acme', '1', 'ACME Inc', 'same name', 'yes', '-'],
      ['Globex', '2', 'Globex GmbH', 'same tenant: tenant 8e1d907c', 'no', '1'],
      ['Zorro', '-', '-', '-', '-', '-'],
      [''],
    ],
  )
  assert.deepEqual(server.requests[0]?.query, { search: 'o', likely: 'false' })
  const json = await callCli(['match', 'halo', '--json'], pointingTo(server))
  assert.equal(JSON.parse(json.out).matches.length, 3)
})

test('before the first discovery the list says how to make one', async () => {
  await using server = await startStubServer()
  givenMatches(server, [zorro], null)
  assert.match((await callCli(['match', 'halo'], pointingTo(server))).err, /crosswalk discover halo/)
  const saved = await callCli(['match', 'halo', '--save', '--yes'], pointingTo(server))
  assert.deepEqual([saved.code, saved.out, bodies(server)], [0, 'Mapped 0 organizations.\n', []])
  assert.match(saved.err, /crosswalk discover halo/)
})

test('--save maps what is sure from every page, so many at a time, and says what is left', async () => {
  await using server = await startStubServer()
  const many = Array.from(
    { length: 600 },
    (_, place): Match => ({ ...acme, candidates: [candidate(`${place}`, 'ACME')], preselected: `${place}` }),
  )
  givenMatches(server, [...many, globex, zorro])
  server.on(mapRoute, ({ body }) => {
    const { mappings } = body as { mappings: unknown[] }
    return { status: 201, body: { mappings, count: mappings.length, organizations_created: 0 } }
  })
  const { code, out, err } = await callCli(['match', 'halo', '--save', '--yes'], pointingTo(server))
  assert.deepEqual([code, out], [0, 'Mapped 600 organizations.\n'])
  assert.match(err, /Left to choose for: 1\. Without a match: 1\./)
  assert.deepEqual(
    bodies(server).map(({ length }) => length),
    [500, 100],
  )
  assert.deepEqual(bodies(server)[0]?.[7], { org_id: acmeId, external_org_id: '7', external_org_name: 'ACME' })
  const json = await callCli(['match', 'halo', '--save', '--yes', '--json'], pointingTo(server))
  assert.equal(JSON.parse(json.out).count, 600)
})

test('--save asks before, and where nobody can answer it maps nothing', async () => {
  await using server = await startStubServer()
  givenMatches(server, [acme])
  const { code, out, err } = await callCli(['match', 'halo', '--save'], pointingTo(server))
  assert.equal(code, 2)
  assert.match(out, /ACME Inc/)
  assert.match(err, /--yes/)
  assert.deepEqual(bodies(server), [])
})

test('lines that are in the way are listed by their organization, and the exit code is 1', async () => {
  await using server = await startStubServer()
  givenMatches(server, [acme])
  const conflicts = [{ index: 0, error: 'external_org_taken', message: 'Another organization is mapped to it.' }]
  server.on(mapRoute, { status: 409, body: errorBody('mappings_in_conflict', 'Nothing was mapped.', { conflicts }) })
  const { code, out, err } = await callCli(['match', 'halo', '--save', '--yes'], pointingTo(server))
  assert.equal(code, 1)
  assert.match(out, /Acme {2,}external_org_taken {2,}Another organization is mapped to it\./)
  assert.match(err, /Nothing was mapped: these are in the way\./)
})

test('options that make no sense together are wrong usage', async () => {
  for (const args of [['--yes'], ['--save', '--limit', '5']])
    assert.equal((await callCli(['match', 'halo', ...args])).code, 2, args.join(' '))
})
