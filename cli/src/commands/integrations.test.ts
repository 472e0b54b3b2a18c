import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

test('an integration that comes along is switched off and on', async () => {
  await using server = await startStubServer()
  server.on('PATCH /api/integrations/ninjaone', { body: { name: 'ninjaone', display_name: 'NinjaOne' } })
  const off = await callCli(['integrations', 'switch-off', 'ninjaone'], pointingTo(server))
  assert.match(off.out + off.err, /NinjaOne is off for all organizations\. Its mappings and credentials stay\./)
  const on = await callCli(['integrations', 'switch-on', 'ninjaone', '--json'], pointingTo(server))
  assert.equal(JSON.parse(on.out).name, 'ninjaone')
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    [{ is_on: false }, { is_on: true }],
  )
})
