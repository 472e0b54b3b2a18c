import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { createTestApp, type TestApp, testAdminKey } from '../../testing/test-app.ts'
import { takeLease } from '../engine/leases/leases.queries.ts'

type Operation = {
  operationId?: string
  tags?: string[]
  summary?: string
  security?: unknown[]
  'x-permission'?: string
  parameters?: { name: string; in: string; required?: boolean }[]
  responses?: Record<string, { content?: Record<string, { schema?: unknown }>; description?: string }>
}

let api: TestApp
let operations: { method: string; path: string; operation: Operation }[]
const authorization = `Bearer ${testAdminKey}`

before(async () => {
  api = await createTestApp()
  const { paths } = (await api.app.inject('/api/openapi.json')).json<{ paths: Record<string, Record<string, Operation>> }>()
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
})
after(() => api[Symbol.asyncDispose]())

test('the description of the API is valid OpenAPI 3.1', async () => {
  const description = (await api.app.inject('/api/openapi.json')).json()
  const result = await new Validator().validate(description)
  assert.ok(result.valid, JSON.stringify(result.errors, null, 2))
  assert.match(description.openapi, /^3\.1/)
})

test('every route has an operation id of its own, a tag, a summary, and a schema for each status', () => {
  assert.ok(operations.length >= 40, `${operations.length} routes`)
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const { method, path, operation } of operations) {
    assert.ok(operation.operationId && operation.summary && operation.tags?.length === 1, `${method} ${path}`)
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const schemas = Object.values(response.content ?? {}).map(({ schema }) => schema)
      // What leads elsewhere, what says that there is nothing, and the pages that a browser opens have no JSON.
      const isWithout = ['204', '302', '303', '304'].includes(status) || /\/(callback|connections\/open)$/.test(path)
      assert.ok(isWithout || schemas.length > 0, `${method} ${path} ${status} has no schema`)
    }
  }
})

test('every route but those of health and sign-in refuses who is not signed in, before it looks at anything else', async () => {
  for (const { method, path, operation } of operations) {
    if (operation['x-permission'] === 'public' || operation['x-permission'] === 'local') continue
    const url = path.replaceAll(/\{[^}]+\}/g, 'no-uuid')
    const answer = await api.app.inject({
      method: method as 'GET',
      url,
      headers: { 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { payload: '{"broken' }),
    })
    assert.equal(answer.statusCode, 401, `${method} ${path}`)
    assert.equal(answer.json().error, 'unauthenticated')
    assert.ok(answer.headers['www-authenticate'])
  }
})

test('ids that are none, and queries that make no sense, are refused with the field named', async () => {
  for (const { method, path, operation } of operations) {
    const parameter = operation.parameters?.find(({ in: place, name }) => place === 'path' && /id$/i.test(name))
    // SCIM says of any id that is nobody's that there is no such person or group. The id of a form is the name of its workflow.
    if (!parameter || method !== 'GET' || /^\/api\/(scim|forms)\//.test(path)) continue
    const url = path.replaceAll(/\{[^}]+\}/g, 'no-uuid')
    const answer = await api.app.inject({ method: 'GET', url, headers: { authorization } })
    assert.equal(answer.statusCode, 400, `${method} ${path} ${answer.body}`)
    assert.ok(parameter.name in answer.json().details, answer.body)
  }
  for (const url of [
    '/api/organizations?limit=0',
    '/api/organizations?limit=x',
    '/api/organizations?limit=0x10',
    '/api/organizations?limit=1e1',
    '/api/organizations?limit=%2010',
    '/api/organizations?limit=10.0',
    '/api/organizations?limit=',
    '/api/organizations?limit=10&limit=20',
    '/api/executions/statistics?hours=0x18',
    '/api/executions?cursor=!!',
    '/api/audit?org_id=1',
    '/api/executions?status=done',
  ]) {
    const answer = await api.app.inject({ url, headers: { authorization } })
    assert.equal(answer.statusCode, 400, `${url} ${answer.body}`)
    assert.equal(answer.json().error, 'validation_failed')
  }
})

const badRequests: [
  what: string,
  request: { method?: 'POST'; url: string; payload?: string | Buffer; headers?: Record<string, string> },
  status: number,
  code: string,
][] = [
  ['JSON that is broken', { url: '/api/organizations', payload: '{"name":' }, 400, 'malformed_json'],
  ['an empty body', { url: '/api/organizations', payload: '' }, 400, 'malformed_json'],
  ['JSON that is no object', { url: '/api/organizations', payload: '[]' }, 400, 'validation_failed'],
  [
    'a body that is not JSON',
    { url: '/api/organizations', payload: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  ['a body over 1 MiB', { url: '/api/organizations', payload: JSON.stringify({ name: 'x'.repeat(1_100_000) }) }, 413, 'body_too_large'],
  ['a field of the prototype', { url: '/api/organizations', payload: '{"__proto__": {"a": 1}, "name": "x"}' }, 400, 'validation_failed'],
  ['an unknown field', { url: '/api/organizations', payload: '{"name":"x","colour":"red"}' }, 400, 'validation_failed'],
  [
    'a member that is sent twice',
    { url: '/api/organizations', payload: '{"name":"x","a":[{"b":1}],"n\\u0061me":"y"}' },
    400,
    'malformed_json',
  ],
  ['a method that a path does not take', { url: '/api/audit', payload: '{}' }, 405, 'method_not_allowed'],
  ['a route that is not there', { url: '/api/nothing', payload: '{}' }, 404, 'route_not_found'],
  ['a path that is no URL', { url: '/api/executions/%zz/cancel', payload: '{}' }, 400, 'validation_failed'],
]
for (const [what, request, status, code] of badRequests) {
  test(`${what} is answered with ${status} ${code} in the form of every error`, async () => {
    const answer = await api.app.inject({
      method: 'POST',
      ...request,
      headers: { authorization, 'content-type': 'application/json', ...request.headers },
    })
    assert.equal(answer.statusCode, status, answer.body)
    const body = answer.json()
    assert.deepEqual(Object.keys(body), ['error', 'message', 'details', 'request_id'])
    assert.equal(body.error, code)
    assert.ok(body.message.length > 10)
  })
}

test('a method that a path does not take is answered with those that it takes', async () => {
  for (const [method, url, allowed] of [
    ['PUT', '/api/organizations', 'GET, HEAD, POST'],
    ['GET', '/api/session/tokens', 'POST'],
    ['DELETE', '/api/audit?limit=1', 'GET, HEAD'],
    ['TRACE' as 'GET', '/api/organizations', 'GET, HEAD, POST'],
  ] as const) {
    const answer = await api.app.inject({ method, url, headers: { authorization } })
    assert.deepEqual([answer.statusCode, answer.headers.allow, answer.json().error], [405, allowed, 'method_not_allowed'], url)
  }
  assert.equal((await api.app.inject({ method: 'GET', url: '/api/nothing', headers: { authorization } })).statusCode, 404)
})

test('the health routes answer without a key, and say that no worker is alive', async () => {
  assert.equal((await api.app.inject('/healthz')).statusCode, 200)
  const ready = await api.app.inject('/readyz')
  assert.equal(ready.statusCode, 503)
  assert.deepEqual(
    { ...ready.json().checks, worker: undefined },
    {
      database: 'ok',
      schema: 'ok',
      worker: undefined,
      secrets: 'ok',
      sandbox: 'ok',
      workspace: 'ok',
    },
  )
  const metrics = await api.app.inject('/metrics')
  assert.equal(metrics.statusCode, 200)
  assert.match(metrics.body, /^crosswalk_workers 0$/m)
})

test('from elsewhere readiness is codes, but for those who may see all organizations', async () => {
  const workerFor = async (headers: Record<string, string>) =>
    (await api.app.inject({ url: '/readyz', headers: { 'x-forwarded-for': '198.51.100.7', ...headers } })).json().checks.worker
  assert.equal(await workerFor({}), 'no_worker')
  assert.match(await workerFor({ authorization }), /^no worker is alive/)
})

test('readiness says what confines author code on each host that has workers', async () => {
  for (const [id, host] of [
    ['one', 'first'],
    ['two', 'first'],
    ['three', 'second'],
  ] as const)
    await takeLease(api.db, {
      ...{ id, host, pid: 1, leaseMs: 60_000, codeVersion: null, isDraining: false },
      sandboxLayers: `Confined on ${host}.`,
    })
  assert.deepEqual((await api.app.inject('/readyz')).json().author_code, [
    { host: 'first', workers: 2, layers: 'Confined on first.' },
    { host: 'second', workers: 1, layers: 'Confined on second.' },
  ])
  // Hosts are told to this machine, and to those who look after it.
  const elsewhere = await api.app.inject({ url: '/readyz', headers: { host: 'crosswalk.example.com' } })
  assert.deepEqual(elsewhere.json().author_code, [])
})

test('the description can be read in a browser, with nothing from elsewhere', async () => {
  const page = await api.app.inject('/api/docs/')
  assert.equal(page.statusCode, 200)
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '')
  assert.deepEqual(
    sources.filter((source) => /^(https?:)?\/\//.test(source)),
    [],
  )
  assert.equal((await api.app.inject('/api/docs')).headers.location, '/api/docs/')
  const script = await api.app.inject('/api/docs/js/scalar.js')
  assert.match(String(script.headers['content-type']), /javascript/)
  assert.ok(script.body.length > 1_000_000)
})

test('nothing of the server says whom everybody is taken for: the bench alone may', () => {
  const root = join(import.meta.dirname, '..')
  const naming = globSync('**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && readFileSync(join(root, file), 'utf8').includes('takenFor'),
  )
  assert.deepEqual(naming.sort(), [join('processes', 'app-dependencies.ts'), join('processes', 'app.ts')])
})
