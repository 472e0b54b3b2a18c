import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from './testing/call-cli.ts'
import { acmeId, givenExecuted, pointingTo } from './testing/given.ts'
import { errorBody, type StubServer, startStubServer } from './testing/stub-server.ts'

const schema = {
  type: 'object',
  properties: {
    board: { type: 'integer' },
    ratio: { type: 'number' },
    maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    text: { type: 'string' },
    dry: { type: 'boolean' },
    level: { enum: [1, 2, 3] },
    named: { enum: ['1', '2'] },
    only: { const: 7 },
    tags: { type: 'array', items: { type: 'string' } },
    filter: { type: 'object' },
    shared: { $ref: '#/$defs/size' },
    round: { $ref: '#/$defs/round' },
    anything: {},
  },
  $defs: { size: { type: 'integer' }, round: { $ref: '#/$defs/round' } },
}

function givenWorkflow(server: StubServer): void {
  server.on('GET /api/workflows/sync_users', { body: { name: 'sync_users', parameters_schema: schema } })
  server.on('POST /api/workflows/execute', { body: givenExecuted({ status: 'success', result: null, duration_ms: 1 }) })
}

test('a parameter that is typed as text becomes what the schema of the workflow wants', async () => {
  await using server = await startStubServer()
  givenWorkflow(server)
  const typed: [pair: string, value: unknown][] = [
    ['board=3', 3],
    ['board=-3', -3],
    ['board=three', 'three'],
    ['board=0x10', '0x10'],
    ['board=', ''],
    ['board:=3', 3],
    ['board:="3"', '3'],
    ['ratio=1.5e3', 1_500],
    ['ratio=Infinity', 'Infinity'],
    ['maybe=null', null],
    ['maybe=4', 4],
    ['either=4', '4'],
    ['text=3', '3'],
    ['text=true', 'true'],
    ['dry=true', true],
    ['dry=yes', 'yes'],
    ['level=2', 2],
    ['named=2', '2'],
    ['only=7', 7],
    ['tags=["a","b"]', ['a', 'b']],
    ['tags=a', 'a'],
    ['filter={"a":1}', { a: 1 }],
    ['shared=5', 5],
    ['round=5', '5'],
    ['anything=5', '5'],
    ['unknown=5', '5'],
    ['constructor=5', '5'],
  ]
  for (const [pair, value] of typed) {
    const { code, err } = await callCli(['run', 'sync_users', '--org', acmeId, '--json', '--param', pair], pointingTo(server))
    assert.equal(code, 0, err)
    const body = server.requests.at(-1)?.body as { parameters: Record<string, unknown> } | undefined
    assert.deepEqual(Object.values(body?.parameters ?? {}), [value], pair)
  }
})

test('the schema is read only where a text could mean something else, and the call itself tells what is not there', async () => {
  await using server = await startStubServer()
  givenWorkflow(server)
  await callCli(
    ['run', 'sync_users', '--org', acmeId, '--json', '--param', 'board:=3', '--params-json', '{"text":"a"}'],
    pointingTo(server),
  )
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['POST'],
  )
  server.on('GET /api/workflows/nothing', { status: 404, body: errorBody('workflow_not_found', 'No such workflow.') })
  server.on('POST /api/workflows/execute', { status: 404, body: errorBody('workflow_not_found', "No workflow is named 'nothing'.") })
  const { code, err } = await callCli(['run', 'nothing', '--org', acmeId, '--param', 'a=1'], pointingTo(server))
  assert.deepEqual([code, err], [1, "crosswalk: No workflow is named 'nothing'. (workflow_not_found)\n"])
})

test('mapping data, parameters of data providers and of schedules are read by their schemas, too', async () => {
  await using server = await startStubServer()
  const none = { count: 0, next_cursor: null }
  server.on('GET /api/integrations/halo', { body: { name: 'halo', mapping_data_schema: schema } })
  server.on('POST /api/integrations/halo/test', { body: { success: true, message: 'ok', details: {} } })
  server.on(`GET /api/organizations/${acmeId}/integrations/m1`, { body: { integration_name: 'halo' } })
  server.on(`PATCH /api/organizations/${acmeId}/integrations/m1`, { body: { mapping_data: {} } })
  server.on('GET /api/data-providers', { body: { data_providers: [{ name: 'boards', parameters_schema: schema }], ...none, problems: [] } })
  server.on('POST /api/data-providers/boards/options', { body: { options: [], cached: false, cached_at: null } })
  givenWorkflow(server)
  server.on('PUT /api/schedules/sync_users', { body: {} })
  const data = ['--data', 'board=3', '--json']
  const sent = async (args: string[]) => {
    await callCli(args, pointingTo(server))
    return server.requests.at(-1)?.body as Record<string, unknown>
  }
  const unsaved = await sent(['mappings', 'test', '--org', acmeId, '--integration', 'halo', '--external-id', '1', ...data])
  assert.deepEqual(unsaved.mapping_data, { board: 3 })
  assert.deepEqual((await sent(['mappings', 'update', 'm1', '--org', acmeId, ...data])).mapping_data, { board: 3 })
  assert.deepEqual((await sent(['data-providers', 'options', 'boards', '--org', acmeId, '--param', 'dry=true'])).parameters, { dry: true })
  assert.deepEqual((await sent(['schedules', 'set', 'sync_users', '--param', 'board=3', '--json'])).parameters, { board: 3 })
})
