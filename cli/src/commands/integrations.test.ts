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

test('the list and the page of an integration say that it is switched off', async () => {
  await using server = await startStubServer()
  const ninja = {
    ...{ name: 'ninjaone', display_name: 'NinjaOne', description: '', file: 'x.ts', is_on: false, is_connected: true },
    ...{
      supports_org_mapping: true,
      supports_discovery: true,
      required_secrets: [],
      required_config: [],
      connections: [],
      mapping_data_schema: {},
    },
  }
  const halo = { ...ninja, name: 'halopsa', display_name: 'HaloPSA', is_on: true }
  server.on('GET /api/integrations', { body: { integrations: [halo, ninja], count: 2, next_cursor: null, problems: [] } })
  server.on('GET /api/integrations/ninjaone', { body: ninja })
  const { out } = await callCli(['integrations', 'list'], pointingTo(server))
  assert.match(out, /halopsa +HaloPSA +yes +yes +yes/)
  assert.match(out, /ninjaone +NinjaOne +yes +switched off +yes/)
  assert.match((await callCli(['integrations', 'show', 'ninjaone'], pointingTo(server))).out, /Switched on +no/)
})

test('the list and the page of an integration say whether its code reads its secrets', async () => {
  await using server = await startStubServer()
  const secret = { key: 'a_key', label: 'Key', required: true, is_set: true, description: null }
  const named = {
    ...{ name: 'named_one', display_name: 'Named', description: '', file: 'x.ts', is_on: true, is_connected: true, credentials: 'named' },
    ...{
      supports_org_mapping: true,
      supports_discovery: true,
      required_secrets: [secret],
      required_config: [],
      connections: [],
      mapping_data_schema: {},
    },
  }
  const reading = { ...named, name: 'reading_one', display_name: 'Reading', credentials: 'read' }
  const without = { ...named, name: 'without_any', display_name: 'Without', credentials: 'read', required_secrets: [] }
  server.on('GET /api/integrations', { body: { integrations: [named, reading, without], count: 3, next_cursor: null, problems: [] } })
  server.on('GET /api/integrations/reading_one', { body: reading })
  const { out } = await callCli(['integrations', 'list'], pointingTo(server))
  assert.match(out, /SECRETS/)
  assert.match(out, /named_one .* named /)
  assert.match(out, /reading_one .* read /)
  assert.match(out, /without_any .* - /)
  const shown = await callCli(['integrations', 'show', 'reading_one'], pointingTo(server))
  assert.match(shown.out, /Secrets +read: its code has them while it runs/)
})

test('the list and the page of an integration say which connection nobody has made yet', async () => {
  await using server = await startStubServer()
  const connection = (name: string, is_connected: boolean, owner = 'organization') => ({ name, label: `The ${name}`, owner, is_connected })
  const books = {
    ...{ name: 'books', display_name: 'Books', description: '', file: 'x.ts', is_on: true, is_connected: false, credentials: 'named' },
    ...{ supports_org_mapping: true, supports_discovery: true, required_secrets: [], required_config: [], mapping_data_schema: {} },
    connections: [connection('company', false), connection('partner', true, 'global')],
  }
  server.on('GET /api/integrations', { body: { integrations: [books], count: 1, next_cursor: null, problems: [] } })
  server.on('GET /api/integrations/books', { body: books })
  assert.match((await callCli(['integrations', 'list'], pointingTo(server))).out, /books +Books +yes +no .* connection company\n/)
  const { out } = await callCli(['integrations', 'show', 'books'], pointingTo(server))
  assert.match(out, /company +The company +each organization +no/)
  assert.match(out, /partner +The partner +all +yes/)
})
