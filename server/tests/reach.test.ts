import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { administratorRole, type Reach } from '../src/access/grants.ts'
import type { Identity } from '../src/access/principal.ts'
import { systemActing } from '../src/audit/audit.ts'
import { expandChunk } from '../src/batches/expansion.ts'
import { publishDefinitions } from '../src/definitions/definitions.ts'
import { createMapping } from '../src/mappings/mappings.ts'
import { createOrganization } from '../src/organizations/organizations.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { newId } from '../src/platform/ids.ts'
import { buildApp } from '../src/processes/app.ts'
import { setConfig } from '../src/values/config/config.ts'
import { SecretText } from '../src/values/secrets/secret-text.ts'
import { setSecret } from '../src/values/secrets/secrets.ts'
import { approvalRow } from '../testing/given-approvals.ts'
import { integrationDefinition, workflowDefinition } from '../testing/given-definitions.ts'
import { createTestApp, type TestApp, testLogger } from '../testing/test-app.ts'
import { openWithoutWheres } from '../testing/without-wheres.ts'

// Every route that reads, as the API describes it, asked by those who have all organizations, and by those who have three of seven.

type Place = {
  index: number
  id: string
  mappingId: string
  executionId: string
  batchId: string
  approvalId: string
  discoveryIds: string[]
}
const count = 7
const three = [2, 3, 4]
const beyond = [0, 1, 5, 6]

/** Answers that say nothing of any organization. A new route that reads is not one of them unless it is named here. */
const silent = [
  '/api/workspace',
  '/api/batches/{id}/causes',
  '/api/executions/{id}/steps/{index}/result',
  '/api/roles',
  '/api/organization-fields',
  '/api/audit/chain',
  '/api/audit/sinks',
  '/api/keys',
  '/api/people',
  '/api/sign-in-settings',
  '/api/scim/v2/ServiceProviderConfig',
  '/api/scim/v2/ResourceTypes',
  '/api/scim/v2/Schemas',
  '/api/scim/v2/Users',
  '/api/scim/v2/Groups',
  '/api/session/ways',
  '/api/session',
  '/api/sessions',
  '/api/integrations',
  '/api/integrations/{name}',
  '/api/workflows',
  '/api/workflows/{name}',
  '/api/data-providers',
]
/** Of the asker's own grants and account, of one person, and of a browser that comes back from elsewhere. */
const ofPeople = [
  '/api/connections/open',
  '/api/connections/continue',
  '/api/connections/callback',
  '/api/me',
  '/api/profile',
  '/api/forms/{id}',
  '/api/devices',
  '/api/device/{code}',
  '/api/profile/passkeys',
  '/api/people/{id}',
  '/api/scim/v2/Users/{id}',
  '/api/scim/v2/Groups/{id}',
  '/api/session/single-sign-on/callback',
]
// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
/** Answers that count: one for each organization. */
const counting: Record<string, (body: Body) => number[]> = {
  '/api/attention': (body) => [body.failing_test, body.never_tested, body.gone, body.renamed, body.failed_executions.count],
  '/api/integrations/mapped-organizations': (body) => [
    body.active_organizations,
    body.integrations.find(({ integration_name }: Body) => integration_name === 'halo').mapped_organizations,
  ],
  '/api/executions/statistics': (body) => [body.total.failed],
}

/** Each asker is this person, who has sent what ran. */
const someoneId = newId()

let api: TestApp
let bare: ReturnType<typeof openWithoutWheres>
const apps: Record<string, FastifyInstance> = {}
const places: Place[] = []
const identities = new Map<string, Identity>()
let paths: { path: string; parameters: { name: string; in: string }[] }[]

const mark = (index: number) => `zq${index}qz`
const run = (statement: Sql) => readInScope<{ id: string }>(api.db, 'allOrganizations', statement)

async function givenPlace(index: number): Promise<Place> {
  const { db, keyring } = api
  const tags = three.includes(index) ? ['theirs', 'other'] : ['other']
  const { id } = await createOrganization(db, systemActing, {
    name: mark(index),
    domains: [`${mark(index)}.example`],
    tenantId: null,
    tags,
  })
  const external = { integrationName: 'halo', externalOrgId: `halo-${mark(index)}`, externalOrgName: `Old ${mark(index)}` }
  const mapping = await createMapping(db, systemActing, id, external)
  await run(
    sql`update organization_mappings set last_tested_at = now(), last_test_success = false, last_test_result = 'x' where id = ${mapping.id}`,
  )
  await setSecret(db, keyring, systemActing, { key: `secret_${mark(index)}`, organizationId: id, value: new SecretText('x') })
  await run(sql`
    insert into connections (id, organization_id, integration_name, name, external_id, connected_by, connected_at)
    values (${newId()}, ${id}, 'halo', 'account', ${mark(index)}, 'x', now())`)
  await run(sql`
    insert into connection_starts (id, digest, is_link, organization_id, integration_name, name, started_by, expires_at)
    values (${newId()}, ${Buffer.from(newId())}, true, ${id}, 'halo', 'account',
      ${JSON.stringify({ type: 'system', id: 'x', name: mark(index) })}, now() + interval '1 hour')`)
  await setConfig(db, systemActing, { key: `config_${mark(index)}`, organizationId: id, value: 1 })
  const executionId = newId()
  await run(sql`
    insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, started_at, completed_at, error)
    values (${executionId}, ${id}, 'workflow', 'sync_users', 'failed', 1, ${JSON.stringify({ type: 'person', id: someoneId, name: 'x' })}, now(), now(), '{"type":"Error","message":"x","details":{}}')`)
  await run(sql`
    insert into execution_logs (execution_id, organization_id, sequence, at, level, message) values (${executionId}, ${id}, 0, now(), 'info', ${mark(index)})`)
  await run(sql`
    insert into execution_steps (execution_id, organization_id, position, name, status, attempt, started_at)
    values (${executionId}, ${id}, 0, 'a step', 'running', 1, now())`)
  await run(sql`
    insert into execution_exchanges (execution_id, id, organization_id, method, host, path, attempt, request_bytes, response_bytes, waited_ms, started_at, duration_ms)
    values (${executionId}, ${newId()}, ${id}, 'GET', ${`${mark(index)}.example`}, '/', 1, 0, 0, 0, now(), 1)`)
  await run(
    sql`insert into budgets (id, integration, host, credential, organization_id) values (${mark(index)}, 'halo', 'host', 'c', ${id})`,
  )
  const approvalId = newId()
  await run(approvalRow(approvalId, id, executionId, mark(index)))
  const discoveryIds = [await givenRun('halo', id, [{ id: `own-${mark(index)}`, name: `Own ${mark(index)}` }])]
  discoveryIds.push(await givenRun('ninja', id, [{ id: `own-${mark(index)}`, name: mark(index) }]))
  const body = { workflow_name: 'sync_users', organizations: [id] }
  const { batch_id: batchId } = (await ask('with its wheres', 'administrator', '/api/workflows/execute', body)).body
  while ((await expandChunk(db, batchId)) === 'more');
  await run(sql`update executions set status = 'cancelled', completed_at = now() where batch_id = ${batchId}`)
  return { index, id, mappingId: mapping.id, executionId, batchId, approvalId, discoveryIds }
}

/** A discovery that has succeeded, and what it saw. Returns the id of its execution. */
async function givenRun(
  integration: string,
  owner: string | null,
  seen: { id: string; name: string; before?: string; isGone?: boolean }[],
) {
  const [runId, executionId] = [newId(), newId()]
  await run(sql`
    insert into discovery_runs (id, integration_name, organization_id, execution_id, ended_at, is_success, expires_at)
    values (${runId}, ${integration}, ${owner}, ${executionId}, now(), true, now() + interval '1 hour')`)
  for (const { id, name, before, isGone } of seen)
    await run(sql`
      insert into external_organizations (integration_name, organization_id, external_org_id, name, position, first_seen_at, last_seen_at, last_run_id, gone_at, previous_names)
      values (${integration}, ${owner}, ${id}, ${name}, 0, now(), now(), ${runId}, ${isGone ? new Date() : null},
        ${JSON.stringify(before === undefined ? [] : [{ name: before, until: '2026-01-01T00:00:00Z' }])})`)
  return executionId
}

async function ask(app: string, asker: string, url: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await (apps[app] as FastifyInstance).inject({
    method: body ? 'POST' : 'GET',
    url,
    headers: { authorization: asker, ...headers },
    ...(body ? { payload: body } : {}),
  })
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  return { status: answer.statusCode, text: answer.body, body: (isJson && answer.body !== '' ? answer.json() : null) as Body }
}

/** The organizations that an answer says anything of. */
function mentioned(text: string): number[] {
  const marks = (place: Place) => [
    mark(place.index),
    place.id,
    place.mappingId,
    place.executionId,
    place.batchId,
    place.approvalId,
    ...place.discoveryIds,
  ]
  return places.filter((place) => marks(place).some((told) => text.includes(told))).map(({ index }) => index)
}

/** The URL of a route for one organization, and the one for no organization in particular; undefined where there is none. */
function urlsOf({ path, parameters }: (typeof paths)[number]): { bare: string | undefined; of: ((place: Place) => string) | undefined } {
  const names = new Map<string, (place: Place) => string>([
    ['orgId', ({ id }) => id],
    ['mappingId', ({ mappingId }) => mappingId],
    [
      'id',
      ({ executionId, batchId, approvalId }) =>
        path.startsWith('/api/batches') ? batchId : path.startsWith('/api/approvals') ? approvalId : executionId,
    ],
  ])
  // Its keys are each organization's own.
  const [, kind] = /^\/api\/(config|secret)s?\/\{key\}$/.exec(path) ?? []
  if (kind !== undefined)
    return { bare: undefined, of: ({ index, id }) => `${path.replace('{key}', `${kind}_${mark(index)}`)}?scope=organization&org_id=${id}` }
  const fixed: Record<string, string> = {
    index: '0',
    workflow_name: 'sync_users',
    name: path.startsWith('/api/workflows') ? 'sync_users' : 'halo',
  }
  if (path.endsWith('/matches')) fixed.name = 'ninja'
  const filled = (place?: Place) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = fixed[name] ?? (place && names.get(name)?.(place))
      assert.ok(value !== undefined, `${path}: say here what {${name}} is.`)
      return value
    })
  const isOfOne = parameters.some(({ name, in: at }) => at === 'path' && names.has(name))
  const filter = parameters.find(({ name, in: at }) => at === 'query' && ['org_id', 'orgId', 'org_ids'].includes(name))?.name
  if (isOfOne) return { bare: undefined, of: filled }
  return {
    bare:
      filter === 'org_ids'
        ? `${filled()}?org_ids=${places.map(({ id }) => id).join()}`
        : `${filled()}?limit=200`.replace(limitOf(parameters), ''),
    of: filter === undefined ? undefined : (place) => `${filled()}?${filter}=${place.id}`,
  }
}
const limitOf = (parameters: { name: string }[]) => (parameters.some(({ name }) => name === 'limit') ? '\0' : '?limit=200')

before(async () => {
  const authenticate = async (name: string | undefined) => identities.get(name ?? '')
  api = await createTestApp({ authenticate })
  bare = openWithoutWheres(api.databaseUrl)
  apps['with its wheres'] = api.app
  apps['without its wheres'] = await buildApp({
    maxEventLoopDelayMs: 0,
    db: bare,
    notifications: api.notifications,
    keyring: api.keyring,
    authenticate,
    logger: testLogger,
    checksAnswers: true,
  })
  const someone = (reach: Reach): Identity => ({
    actor: { type: 'person', id: someoneId, name: 'Someone' },
    // Forms are offered by grants that name them.
    grants: [
      { role: administratorRole, reach },
      { role: administratorRole, reach, limits: { workflows: ['sync_users'] } },
    ],
  })
  identities.set('administrator', someone({ all: true }))
  const definitions = [workflowDefinition('sync_users', { schedule: null }), integrationDefinition('halo'), integrationDefinition('ninja')]
  await publishDefinitions(api.db, { definitions, problems: [], codeVersion: 'test' })
  for (let index = 0; index < count; index++) places.push(await givenPlace(index))
  const idsOf = (indexes: number[]) => indexes.map((index) => (places[index] as Place).id)
  identities.set('three by name', someone({ organizations: idsOf(three) }))
  identities.set('all but four', someone({ allBut: idsOf(beyond) }))
  identities.set('those with a tag', someone({ tags: ['theirs', 'nobodys'] }))
  await givenRun(
    'halo',
    null,
    places.flatMap(({ index }) => [
      { id: `halo-${mark(index)}`, name: `New ${mark(index)}`, before: `Old ${mark(index)}` },
      { id: `unmapped-${mark(index)}`, name: `Unmapped ${mark(index)}` },
    ]),
  )
  await givenRun(
    'ninja',
    null,
    places.map(({ index }) => ({ id: `ninja-${mark(index)}`, name: `${mark(index)}` })),
  )
  // What is of all organizations, or of none.
  await setConfig(api.db, systemActing, { key: 'global_key', organizationId: null, value: mark(0) })
  await ask('with its wheres', 'administrator', '/api/workflows/execute', { workflow_name: 'sync_users', organizations: 'all' })
  const schedule = { cron: '0 3 * * *', organizations: places.map(({ id }) => id) }
  const set = await api.app.inject({
    method: 'PUT',
    url: '/api/schedules/sync_users',
    headers: { authorization: 'administrator' },
    payload: schedule,
  })
  assert.equal(set.statusCode, 200, set.body)
  const description = (await ask('with its wheres', 'administrator', '/api/openapi.json')).body
  paths = Object.entries<Body>(description.paths)
    .filter(([path, { get }]) => get !== undefined && path.startsWith('/api/') && !ofPeople.includes(path))
    .map(([path, { get }]) => ({ path, parameters: get.parameters ?? [] }))
  assert.ok(paths.length > 25)
})
after(async () => {
  await apps['without its wheres']?.close()
  await bare.close()
  await api[Symbol.asyncDispose]()
})

test('who has all organizations sees all seven in every route that reads, so that these say something', async () => {
  for (const given of paths) {
    const { bare, of } = urlsOf(given)
    const answers = await Promise.all(
      [...(bare === undefined ? [] : [bare]), ...(of ? places.map(of) : [])].map((url) => ask('with its wheres', 'administrator', url)),
    )
    for (const { status, text } of answers) assert.equal(status, 200, `${given.path} ${text.slice(0, 300)}`)
    const counted = counting[given.path]
    if (counted)
      assert.deepEqual(
        [...new Set(counted(answers[0]?.body))].filter((figure) => figure > 0),
        [count],
        given.path,
      )
    else if (silent.includes(given.path)) assert.deepEqual(mentioned(answers[0]?.text ?? ''), [], given.path)
    else
      assert.deepEqual(
        mentioned(answers.map(({ text }) => text).join()).length,
        count,
        `${given.path} shows no organization: say here what would.`,
      )
  }
})

for (const app of ['with its wheres', 'without its wheres']) {
  describe(`a statement ${app}`, () => {
    for (const asker of ['three by name', 'all but four', 'those with a tag']) {
      test(`shows three organizations to who has ${asker}, in every list, count and search`, async () => {
        for (const given of paths) {
          const { bare: url } = urlsOf(given)
          if (url === undefined) continue
          const [all, theirs] = [await ask('with its wheres', 'administrator', url), await ask(app, asker, url)]
          const told = mentioned(theirs.text)
          assert.deepEqual(
            told.filter((index) => !three.includes(index)),
            [],
            `${url} ${theirs.text.slice(0, 2_000)}`,
          )
          // The list of the global credentials is for those who have all.
          if (theirs.status === 403) continue
          assert.equal(theirs.status, 200, `${url} ${theirs.text.slice(0, 300)}`)
          const counted = counting[given.path]
          if (counted)
            assert.deepEqual(
              counted(theirs.body),
              counted(all.body).map((figure) => (figure === count ? three.length : figure)),
              url,
            )
          if (mentioned(all.text).length === count) assert.deepEqual(told, three, url)
        }
      })

      test(`looks up nothing beyond three organizations for who has ${asker}`, async () => {
        const [own, other] = [places[three[0] as number], places[beyond[2] as number]] as [Place, Place]
        for (const given of paths) {
          const { of } = urlsOf(given)
          if (!of) continue
          const [theirs, others] = [await ask(app, asker, of(own)), await ask(app, asker, of(other))]
          assert.equal(theirs.status, 200, `${of(own)} ${theirs.text.slice(0, 300)}`)
          assert.deepEqual(mentioned(theirs.text), silent.includes(given.path) || counting[given.path] ? [] : [own.index], of(own))
          // A thing is not found; a filter finds nothing.
          assert.ok(others.status === 404 || others.status === 200, `${of(other)} ${others.text.slice(0, 300)}`)
          const echo = others.text.replaceAll(other.id, '')
          assert.deepEqual(mentioned(echo), [], of(other))
          // A file of events has no count.
          if (others.status === 200 && others.body !== null) assert.ok(others.body.count === 0 || others.body.total?.runs === 0, of(other))
        }
      })

      test(`streams the log of an execution of theirs alone to who has ${asker}`, async () => {
        const streamed = (place: Place) =>
          ask(app, asker, `/api/executions/${place.executionId}/logs`, undefined, { accept: 'text/event-stream' })
        assert.match((await streamed(places[2] as Place)).text, new RegExp(mark(2)))
        assert.equal((await streamed(places[5] as Place)).status, 404)
      })
    }
  })
}

test('the wheres were really taken away', () => assert.ok(bare.taken > 100, String(bare.taken)))
