import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from './testing/call-cli.ts'
import { acmeId, pointingTo } from './testing/given.ts'
import { startStubServer } from './testing/stub-server.ts'

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

test('a mapping that is not saved yet is tested by what it would hold', async () => {
  await using server = await startStubServer()
  server.on('POST /api/integrations/halo/test', { body: { success: true, message: 'Connected', details: {} } })
  const { code, out } = await callCli(
    ['mappings', 'test', '--org', acmeId, '--integration', 'halo', '--external-id', '42', '--data', 'site=a', '--data', 'retries:=3'],
    pointingTo(server),
  )
  assert.deepEqual([code, out], [0, 'ok Connected\n'])
  assert.deepEqual(server.requests[0]?.body, { org_id: acmeId, external_org_id: '42', mapping_data: { site: 'a', retries: 3 } })
})

test('a test needs either a saved mapping or a described one', async () => {
  const env = { CROSSWALK_URL: 'http://127.0.0.1:1', CROSSWALK_API_KEY: 'k' }
  const neither = await callCli(['mappings', 'test', '--org', acmeId, '--integration', 'halo'], { env })
  assert.equal(neither.code, 2)
  const both = await callCli(['mappings', 'test', mappingId, '--org', acmeId, '--integration', 'halo'], { env })
  assert.equal(both.code, 2)
})
