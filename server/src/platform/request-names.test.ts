import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName } from '@crosswalk/sdk/nearest-name'
import { z } from 'zod'
import {
  type Answer,
  givenApi,
  givenPublished,
  integrationDefinition,
  principalFor,
  workflowDefinition,
} from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { unknownNames } from './known-names.ts'

async function givenTwo() {
  const api = await givenApi()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  await givenPublished(
    api.db,
    integrationDefinition('halo'),
    workflowDefinition('sync', {
      parametersSchema: {
        type: 'object',
        properties: { limit: { type: 'integer', default: 10 }, filter: { type: 'object', properties: { dry_run: { type: 'boolean' } } } },
      },
    }),
    workflowDefinition('open', { parametersSchema: { type: 'object', properties: {}, additionalProperties: {} } }),
  )
  return { ...api, acme, globex }
}

function assertRefused(answer: Answer, field: string, message: RegExp): void {
  assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], JSON.stringify(answer.body))
  assert.ok(Object.hasOwn(answer.body.details, field), JSON.stringify(answer.body))
  assert.match(answer.body.message, message)
}

test('a query parameter that a route does not know is refused with the nearest that it knows, on every route', async () => {
  await using api = await givenTwo()
  assertRefused(await api.send('GET', '/executions?statsu=failed'), 'statsu', /no query parameter 'statsu'. Did you mean 'status'\?/)
  assertRefused(await api.send('GET', '/organizations?is-active=true'), 'is-active', /Did you mean 'is_active'\?/)
  assertRefused(await api.send('GET', '/integrations/halo/discover?force=true'), 'force', /no query parameter 'force'\.$/)
  assertRefused(await api.send('GET', `/organizations/${api.acme.id}?__proto__=1`), 'parameter', /no query parameter '__proto__'/)
  const { paths } = (await api.send('GET', '/openapi.json')).body as { paths: Record<string, Record<string, unknown>> }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  )
  assert.ok(routes.length > 40)
  for (const [method, path] of routes) {
    // Providers lead back there with what they like beside what was asked for, and identity providers send parameters of their own.
    if (path.endsWith('/callback') || path.startsWith('/api/scim/')) continue
    const url = path.replaceAll(/\{[^}]+\}/g, '01990000-0000-7000-8000-000000000000')
    const answer = await api.app.inject({ method: method as 'GET', url: `${url}?surprise=1`, headers: { authorization: 'principal-0' } })
    assert.equal(answer.statusCode, 400, `${method} ${path} ${answer.body}`)
    assert.deepEqual(Object.keys(answer.json().details), ['surprise'])
  }
})

test('a field of a body that a route does not know is refused with the nearest that it knows, also where it takes no body', async () => {
  await using api = await givenTwo()
  assertRefused(
    await api.send('POST', '/organizations', { name: 'A', domain: [] }),
    'domain',
    /no field 'domain'. Did you mean 'domains'\?/,
  )
  assertRefused(
    await api.send('POST', '/batches/01990000-0000-7000-8000-000000000000/pause', { reason: 'x' }),
    'reason',
    /no field 'reason'/,
  )
  assertRefused(await api.send('DELETE', `/organizations/${api.acme.id}`, [1]), 'body', /takes no body/)
  assert.equal((await api.send('DELETE', `/organizations/${api.globex.id}`, {})).status, 204)
})

test('a member that would change what objects are is named, and is not called broken JSON', async () => {
  await using api = await givenTwo()
  const own = (text: string) => api.send('POST', '/organizations', text)
  assertRefused(await own('{"name":"A","__proto__":{"a":1}}'), 'body', /The body must not have a member named __proto__/)
  assertRefused(await own('{"name":"A","\\u005f_proto__":1}'), 'body', /must not have a member named __proto__/)
  assertRefused(await own('{"name":"A","x":[{"__proto__":1}]}'), 'x.0', /field 'x\.0' must not have a member named __proto__/)
  assertRefused(await own('{"name":"A","constructor":{"prototype":{}}}'), 'body', /a member named constructor with a prototype/)
  assertRefused(await own('{"name":"A","constructor":1}'), 'constructor', /no field 'constructor'/)
  assert.equal((await own('{"name":"constructor __proto__"}')).status, 201)
  assert.equal((await own('{"name":')).body.error, 'malformed_json')
})

test('an organization is named by org_id, orgId or the header, and two of them must not disagree', async () => {
  await using api = await givenTwo()
  const { acme, globex, send } = api
  assert.equal((await send('POST', '/workflows/execute?wait=0', { workflow_name: 'open' }, { 'x-organization-id': acme.id })).status, 202)
  const count = async (query: string, headers = {}) => (await send('GET', `/executions${query}`, undefined, headers)).body.count
  for (const spelling of ['org_id', 'orgId']) {
    assert.equal(await count(`?${spelling}=${acme.id}`), 1)
    assert.equal(await count(`?${spelling}=${globex.id}`), 0)
    assert.equal((await send('GET', `/organizations/${acme.id}/integrations?${spelling}=${acme.id}`)).status, 200)
    assertRefused(await send('GET', `/organizations/${acme.id}/integrations?${spelling}=${globex.id}`), spelling, /two different/)
    const discovered = await send('GET', `/integrations/halo/external-organizations?${spelling}=${globex.id}`, undefined, {
      'x-organization-id': acme.id,
    })
    assertRefused(discovered, 'X-Organization-Id', /two different organizations/)
    assert.equal((await send('POST', '/secrets', { key: 'a', value: 'b', scope: 'organization', [spelling]: acme.id })).status, 201)
    if (spelling === 'org_id') await send('DELETE', `/secrets/a?scope=organization&orgId=${acme.id}`)
  }
  for (const spelling of ['org_id', 'orgId'])
    assert.equal((await send('POST', `/workflows/execute?wait=0&${spelling}=${globex.id}`, { workflow_name: 'open' })).status, 202)
  assert.equal(await count(`?org_id=${globex.id}`), 2)
  assert.equal(await count('', { 'x-organization-id': acme.id }), 1)
  assertRefused(await send('GET', `/executions?org_id=${acme.id}&orgId=${globex.id}`), 'org_id', /two different organizations/)
  assert.equal(await count(`?org_id=${acme.id}&orgId=${acme.id.toUpperCase()}`), 1)
  assertRefused(await send('GET', '/executions', undefined, { 'x-organization-id': 'acme' }), 'X-Organization-Id', /UUID/)
  assertRefused(
    await send('GET', `/organizations/${acme.id}`, undefined, { 'x-organization-id': globex.id }),
    'X-Organization-Id',
    /the path/,
  )
  const body = { workflow_name: 'open', organizations: 'all' }
  assertRefused(await send('POST', `/workflows/execute?orgId=${acme.id}`, body), 'X-Organization-Id', /must be left out/)
  assert.equal((await send('POST', '/workflows/execute', { workflow_name: 'open' })).body.error, 'validation_failed')
  const limited = api.as(principalFor([acme], 'canExecuteWorkflows'))
  assert.equal((await limited('POST', `/workflows/execute?org_id=${globex.id}`, { workflow_name: 'open' })).status, 404)
})

test('a parameter that a workflow does not have is refused with the nearest, unless the workflow takes any', async () => {
  await using api = await givenTwo()
  const run = (workflow_name: string, parameters: object) =>
    api.send('POST', `/workflows/execute?wait=0&org_id=${api.acme.id}`, { workflow_name, parameters })
  assertRefused(await run('sync', { limti: 3 }), 'parameters.limti', /parameters\.limti is not a known field; did you mean limit\?/)
  assertRefused(await run('sync', { filter: { dryRun: true } }), 'parameters.filter.dryRun', /did you mean dry_run\?/)
  assert.equal((await run('sync', { limit: 3, filter: { dry_run: true } })).status, 202)
  assert.equal((await run('open', { limti: 3 })).status, 202)
})

test('the nearest name is the one that differs by spelling or by a letter or two, and none where none is near', () => {
  const known = ['org_id', 'workflow_name', 'status', 'kind', 'since', 'until', 'limit', 'cursor']
  for (const [name, nearest] of [
    ['orgId', 'org_id'],
    ['ORG-ID', 'org_id'],
    ['workflow', 'workflow_name'],
    ['stauts', 'status'],
    ['limits', 'limit'],
    ['zzz', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ] as const)
    assert.equal(nearestName(name, known), nearest, name.slice(0, 20))
})

test('unknown names are found at any depth of a schema, and nowhere that is open on purpose', () => {
  const inner = z.object({ a: z.string().optional() })
  const schema = z
    .object({
      list: z.array(inner).default([]),
      either: z.union([z.string(), inner, z.strictObject({ b: z.int() })]).nullish(),
      open: z.looseObject({ known: inner.optional() }).optional(),
      named: z.record(z.string(), inner).optional(),
    })
    .superRefine(() => {})
  const found = unknownNames(schema, {
    list: [{ a: 'x' }, { c: 1 }],
    either: { d: 1 },
    open: { anything: 1, known: { e: 1 } },
    named: { anyone: { f: 1 } },
    g: 1,
  }).map(({ path, name }) => [...path, name].join('.'))
  assert.deepEqual(found, ['list.1.c', 'either.d', 'open.known.e', 'named.anyone.f', 'g'])
  assert.deepEqual(unknownNames(schema, { either: { b: 1 } }), [])
  assert.equal(unknownNames(schema, Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]))).length, 20)
})
