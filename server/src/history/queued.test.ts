import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../testing/given-database.ts'
import { workflowDefinition } from '../../testing/given-definitions.ts'
import { givenSubmitted } from '../../testing/given-executions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import type { Principal } from '../access/principal.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import { getExecution } from '../engine/state/executions.ts'
import { readInScope, type Scope, sql } from '../platform/database/database.ts'
import { findQueued } from './queued.ts'

/** Who may see what is theirs: all of it, or that of one organization. */
const seeing = (scope: Scope): Principal => ({
  actor: { type: 'api_key', id: 'key-1', name: 'Test key' },
  permission: 'canViewHistory',
  granted: [{ permissions: new Set(['canViewHistory']), scope }],
})
const everybody = seeing('allOrganizations')

async function given() {
  const db = await givenDatabase()
  const organization = async (name: string) => (await givenOrganization(db, name)).id
  const write = (statement: ReturnType<typeof sql>) => readInScope(db, 'allOrganizations', statement)
  await publishDefinitions(db, {
    definitions: [workflowDefinition('narrow', { concurrency: { perOrganization: 1, total: 2 } })],
    problems: [],
    codeVersion: 'v1',
  })
  return {
    db,
    write,
    acme: await organization('Acme'),
    globex: await organization('Globex'),
    initech: await organization('Initech'),
    begin: (id: string) =>
      write(sql`update executions set status = 'running', claim = 1, worker_id = 'w', started_at = now() where id = ${id}`),
    addWorker: () => write(sql`insert into worker_leases (id, host, pid, expires_at) values ('w', 'here', 1, now() + interval '1 minute')`),
    queuedOf: async (id: string, principal = everybody) => findQueued(db, principal, await getExecution(db, 'allOrganizations', id)),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}

test('an execution over the concurrency of its workflow says so, and behind which it stands', async () => {
  await using here = await given()
  await here.addWorker()
  const running = await givenSubmitted(here.db, here.acme, 'narrow')
  await here.begin(running)
  await givenSubmitted(here.db, here.acme, 'narrow')
  const id = await givenSubmitted(here.db, here.acme, 'narrow')
  const queued = await here.queuedOf(id)
  assert.deepEqual(
    { ...queued, behind: queued?.behind.map(({ execution_id }) => execution_id) },
    {
      reason: 'concurrency_per_organization',
      message: 'Only one execution of the workflow runs at a time for an organization, and one is running. 1 execution waits before it.',
      limit: 1,
      behind: [running],
      ahead: 1,
    },
  )
  const other = await givenSubmitted(here.db, here.globex, 'narrow')
  assert.equal((await here.queuedOf(other))?.reason, 'queue', 'another organization is not over its limit')
  await here.begin(other)
  const third = await givenSubmitted(here.db, here.initech, 'narrow')
  const overall = await here.queuedOf(third)
  assert.equal(overall?.reason, 'concurrency_total')
  assert.equal(overall.limit, 2)
  assert.deepEqual(overall.behind.map(({ execution_id }) => execution_id).sort(), [running, other].sort())
  const ofInitech = seeing({ organizationIds: new Set([here.initech]) })
  assert.deepEqual((await here.queuedOf(third, ofInitech))?.behind, [], 'nothing of other organizations is shown')
})

test('an execution says that no worker runs, that its batch is paused, or that another worker takes it over', async () => {
  await using here = await given()
  const id = await givenSubmitted(here.db, here.acme, 'wide')
  assert.equal((await here.queuedOf(id))?.reason, 'no_worker')
  await here.addWorker()
  assert.deepEqual(await here.queuedOf(id), {
    reason: 'queue',
    message: 'It waits for a free place of a worker.',
    limit: null,
    behind: [],
    ahead: 0,
  })
  await here.write(sql`update executions set claim = 1 where id = ${id}`)
  assert.equal((await here.queuedOf(id))?.reason, 'take_over')
  await here.write(sql`update executions set claim = 0, status = 'held' where id = ${id}`)
  assert.equal((await here.queuedOf(id))?.reason, 'batch_paused')
  await here.begin(id)
  assert.equal(await here.queuedOf(id), undefined)
})
