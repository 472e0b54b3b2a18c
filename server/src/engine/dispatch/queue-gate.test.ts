import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workflowDefinition } from '../../../testing/given-definitions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { createTestApp, testAdminKey } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { publishDefinitions } from '../../definitions/definitions.ts'
import { readInScope, sql } from '../../platform/database/database.ts'
import { createQueueGate } from './queue-gate.ts'

async function givenQueue(queueLimits: { perOrganization: number; overall: number }) {
  const app = await createTestApp({ queueLimits })
  await publishDefinitions(app.db, { definitions: [workflowDefinition('work')], problems: [], codeVersion: 'test' })
  const make = async (name: string) => (await givenOrganization(app.db, name)).id
  return {
    ...app,
    organizations: [await make('Acme'), await make('Globex')] as const,
    async execute(organizationId: string) {
      const { statusCode, headers, body } = await app.app.inject({
        method: 'POST',
        url: '/api/workflows/execute?wait=0',
        headers: { authorization: `Bearer ${testAdminKey}`, 'x-organization-id': organizationId },
        payload: { workflow_name: 'work' },
      })
      return { status: statusCode, retryAfter: headers['retry-after'], body: JSON.parse(body) }
    },
  }
}

test('past its queue length an organization is told to come again, and others are not', async () => {
  await using given = await givenQueue({ perOrganization: 3, overall: 100 })
  const [acme, globex] = given.organizations
  const answers = await Promise.all(Array.from({ length: 6 }, () => given.execute(acme)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 202, 202, 429, 429, 429])
  const refused = answers.find(({ status }) => status === 429)
  assert.deepEqual([refused?.body.error, refused?.retryAfter], ['queue_full', '5'])
  assert.deepEqual(refused?.body.details, { limit: 3, scope: 'organization', retry_after_seconds: 5 })
  assert.equal((await given.execute(globex)).status, 202)
  await readInScope(given.db, 'allOrganizations', sql`update executions set status = 'success' where organization_id = ${acme}`)
  await until('there is room again', async () => (await given.execute(acme)).status === 202)
})

test('past the length of the whole queue every organization is told so', async () => {
  await using given = await givenQueue({ perOrganization: 100, overall: 2 })
  const [acme, globex] = given.organizations
  assert.deepEqual([(await given.execute(acme)).status, (await given.execute(acme)).status], [202, 202])
  assert.deepEqual((await given.execute(globex)).body.details, { limit: 2, scope: 'all', retry_after_seconds: 5 })
})

test('a queue is counted once in a second, however many come', async () => {
  await using given = await givenQueue({ perOrganization: 50, overall: 1_000 })
  const [acme] = given.organizations
  let time = 0
  const gate = createQueueGate(given.db, { perOrganization: 50, overall: 1_000 }, () => time)
  await gate.admit(acme)
  await readInScope(
    given.db,
    'allOrganizations',
    sql`
    insert into executions (id, organization_id, kind, name, timeout_ms, caller)
    select overlay(first_id_at(clock_timestamp())::text placing substr(gen_random_uuid()::text, 14) from 14)::uuid, ${acme}, 'workflow', 'work', 1, '{}'
    from generate_series(1, 60)`,
  )
  for (let index = 0; index < 40; index++) await gate.admit(acme)
  time += 2_000
  await assert.rejects(gate.admit(acme), { code: 'queue_full' })
  // Nobody is refused for what was admitted and has ended since.
  await readInScope(given.db, 'allOrganizations', sql`update executions set status = 'success'`)
  time += 200
  for (let index = 0; index < 50; index++) await gate.admit(acme)
  await assert.rejects(gate.admit(acme), { code: 'queue_full' })
  time += 200
  await gate.admit(acme)
})
