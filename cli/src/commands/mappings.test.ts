import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { acmeId, pointingTo } from '../testing/given.ts'
import { errorBody, startStubServer } from '../testing/stub-server.ts'

const mappingId = '01890000-0000-7000-8000-0000000000b1'

test('a connection test that fails exits with 1 and shows its guidance', async () => {
  await using server = await startStubServer()
  const body = { success: false, message: 'API error: 401 Unauthorized', details: { guidance: 'Check the API key.', status_code: 401 } }
  server.on(`POST /api/organizations/${acmeId}/integrations/${mappingId}/test`, { body })
  const { code, out } = await callCli(['mappings', 'test', mappingId, '--org', acmeId], pointingTo(server))
  assert.equal(code, 1)
  assert.equal(out, 'failed API error: 401 Unauthorized\nguidance     Check the API key.\nstatus_code  401\n')
  const json = await callCli(['mappings', 'test', mappingId, '--org', acmeId, '--json'], pointingTo(server))
  assert.deepEqual([json.code, JSON.parse(json.out), json.err], [1, body, ''])
})

test('failing tests are listed by their causes, and those of one are tested again', async () => {
  await using server = await startStubServer()
  const cause = 'a'.repeat(32)
  const mappings = ['Acme', 'Globex'].map((org_name) => ({ mapping_id: mappingId, org_id: acmeId, org_name, external_org_name: org_name }))
  const row = {
    cause,
    count: 2,
    integration_name: 'halo',
    message: 'API error: 401',
    guidance: null,
    failure_kind: 'credentials',
    mappings,
  }
  server.on('GET /api/mappings/causes', { body: { causes: [{ ...row, newest_at: '2025-10-11T01:00:00.000Z' }], count: 1 } })
  server.on('POST /api/mappings/test', { status: 202, body: { batch_id: 'b1', total: 2 } })
  const listed = await callCli(['mappings', 'causes'], pointingTo(server))
  assert.match(listed.out, new RegExp(`${cause} +2 +halo +Acme, Globex +API error: 401`))
  const tested = await callCli(['mappings', 'test-many', '--cause', cause, '--attention', 'failing-test', '--no-wait'], pointingTo(server))
  assert.deepEqual([tested.code, tested.out], [0, 'b1\n'])
  assert.deepEqual(server.requests.at(-1)?.body, { organizations: 'all', attention: 'failing_test', cause })
})

test('--if-missing shows the mapping of the two that is there already, and nothing else is passed over', async () => {
  await using server = await startStubServer()
  const create = ['mappings', 'create', '--org', acmeId, '--integration', 'halo', '--external-id', '42', '--json']
  const route = `POST /api/organizations/${acmeId}/integrations`
  server.on(route, { status: 409, body: errorBody('mapping_exists', 'It is mapped already.', { mapping_id: 'm1' }) })
  server.on(`GET /api/organizations/${acmeId}/integrations/m1`, { body: { id: 'm1' } })
  assert.equal((await callCli(create, pointingTo(server))).code, 1)
  const { code, out } = await callCli([...create, '--if-missing'], pointingTo(server))
  assert.deepEqual([code, JSON.parse(out)], [0, { id: 'm1' }])
  server.on(route, { status: 409, body: errorBody('external_org_taken', 'Globex holds it.') })
  const taken = await callCli([...create, '--if-missing'], pointingTo(server))
  assert.deepEqual([taken.code, taken.err], [1, 'crosswalk: Globex holds it. (external_org_taken)\n'])
})

test('a mapping that is not saved yet is tested by what it would hold', async () => {
  await using server = await startStubServer()
  server.on('POST /api/integrations/halo/test', { body: { success: true, message: 'Connected', details: {} } })
  const { code, out } = await callCli(
    ['mappings', 'test', '--org', acmeId, '--integration', 'halo', '--external-id', '42', '--data', 'site=a', '--data', 'retries:=3'],
    pointingTo(server),
  )
  assert.deepEqual([code, out], [0, 'ok Connected\n'])
  assert.deepEqual(server.requests.at(-1)?.body, { org_id: acmeId, external_org_id: '42', mapping_data: { site: 'a', retries: 3 } })
})

test('a test needs either a saved mapping or a described one', async () => {
  const env = { CROSSWALK_URL: 'http://127.0.0.1:1', CROSSWALK_API_KEY: 'k' }
  const neither = await callCli(['mappings', 'test', '--org', acmeId, '--integration', 'halo'], { env })
  assert.equal(neither.code, 2)
  const both = await callCli(['mappings', 'test', mappingId, '--org', acmeId, '--integration', 'halo'], { env })
  assert.equal(both.code, 2)
})

const mappingOfAll = {
  id: mappingId,
  org_id: acmeId,
  org_name: 'Acme Corp',
  org_is_active: true,
  integration_name: 'halo',
  external_org_id: '42',
  external_org_name: 'Acme',
  mapping_data: {},
  is_active: true,
  created_at: '2025-10-11T10:00:00.000Z',
  created_by: 'x',
  updated_at: '2025-10-11T10:00:00.000Z',
  updated_by: 'x',
  last_tested_at: '2025-10-11T10:00:00.000Z',
  last_test_success: false,
  last_test_result: 'no',
  external_state: 'renamed',
  external_renamed_to: 'Acme Holding',
  external_gone_since: null,
}

test('without an organization, the mappings of all are listed by what attention they need', async () => {
  await using server = await startStubServer()
  server.on('GET /api/mappings', { body: { mappings: [mappingOfAll], count: 1, next_cursor: null } })
  const { code, out } = await callCli(['mappings', 'list', '--attention', 'failing-test', '--search', 'acme'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(out, /ORGANIZATION .*EXTERNAL STATE/)
  assert.match(out, /Acme Corp .*renamed to Acme Holding +failed/)
  assert.deepEqual(server.requests[0]?.query, { search: 'acme', attention: 'failing_test' })
})

test('what has to be repaired is listed with what is wrong and the link that repairs it', async () => {
  await using server = await startStubServer()
  const link = `https://login.vendor.example/${'a'.repeat(60)}/adminconsent?client_id=1`
  const problems = [
    { problem: 'The app is not known.', remedy: 'Open the link.', repair_url: link, code: 'AADSTS700016', due_at: null },
    { problem: 'Nobody has consented.', remedy: 'Open the link.', repair_url: link, code: null, due_at: null },
  ]
  const mappings = [
    { ...mappingOfAll, problems },
    { ...mappingOfAll, problems: [{ ...problems[0], problem: 'It ends.', repair_url: null }] },
  ]
  server.on('GET /api/mappings', { body: { mappings, count: 2, next_cursor: null } })
  const { out } = await callCli(['mappings', 'list', '--attention', 'needs-repair'], pointingTo(server))
  const [, first = '', second = ''] = out.trim().split('\n')
  assert.match(first, /The app is not known/)
  assert.ok(first.endsWith(link), first)
  assert.match(second, /It ends\. +-$/)
})

test('with an organization its own list is read, and with an attention the one across all, narrowed to it', async () => {
  await using server = await startStubServer()
  const body = { mappings: [], count: 0, next_cursor: null }
  server.on(`GET /api/organizations/${acmeId}/integrations`, { body })
  server.on('GET /api/mappings', { body })
  await callCli(['mappings', 'list', '--org', acmeId, '--inactive'], pointingTo(server))
  const { err } = await callCli(['mappings', 'list', '--org', acmeId, '--attention', 'gone'], pointingTo(server))
  assert.deepEqual(
    server.requests.map(({ path, query }) => [path, query]),
    [
      [`/api/organizations/${acmeId}/integrations`, { activeOnly: 'false' }],
      ['/api/mappings', { org_id: acmeId, attention: 'gone' }],
    ],
  )
  assert.match(err, /No mapping needs this attention/)
})

test('an attention that is none, and deactivated mappings of all, are refused before the server is asked', async () => {
  const env = { CROSSWALK_URL: 'http://127.0.0.1:1', CROSSWALK_API_KEY: 'k' }
  for (const options of [['--attention', 'nonsense'], ['--inactive']])
    assert.equal((await callCli(['mappings', 'list', ...options], { env })).code, 2)
})
