import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const since = '2026-06-01T12:00:00.000Z'
const missing = { kind: 'workflow', name: 'nightly', file: 'workflows/nightly.ts', since, reason: 'SyntaxError: Unexpected token' }
const problem = { kind: 'workflow', file: 'workflows/nightly.ts', reason: 'SyntaxError: Unexpected token', since, is_warning: false }

test('the workspace shows what does not load, why, and since when', async () => {
  await using server = await startStubServer()
  server.on('GET /api/workspace', {
    body: { loaded: 1, problems: [problem], not_loaded: [missing, { ...missing, name: 'moved', reason: null }] },
  })
  const { code, out, err } = await callCli(['workspace', 'show'], pointingTo(server))
  assert.equal(code, 0)
  assert.match(out, /workflows\/nightly\.ts +2026-06-01 12:00:00Z +SyntaxError/)
  assert.match(out, /workflow nightly +2026-06-01 12:00:00Z +workflows\/nightly\.ts +SyntaxError/)
  assert.match(out, /workflow moved .* not there any more/)
  assert.match(err, /^1 definition loads\.\n[\s\S]*crosswalk workspace remove/)
})

test('what does not load any more is removed by its kind and name', async () => {
  await using server = await startStubServer()
  server.on('DELETE /api/workspace/data_provider/list_sites', { status: 204 })
  assert.equal((await callCli(['workspace', 'remove', 'data-provider', 'list_sites'], pointingTo(server))).err, 'It is removed.\n')
  const wrong = await callCli(['workspace', 'remove', 'thing', 'list_sites'], pointingTo(server))
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /one of integration, workflow, data-provider/)
})
