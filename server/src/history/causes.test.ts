import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, principalFor, type Send } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import type { Organization } from '../organizations/organizations.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

type Cause = {
  cause: string
  count: number
  code: string | null
  message: string
  executions: { org_name: string; execution_id: string }[]
}
type Failure = { message: string; type?: string; details?: Record<string, unknown>; status?: string }

async function givenFailures(...names: string[]) {
  const api = await givenApi()
  const organizations: Organization[] = []
  for (const name of names) organizations.push(await givenOrganization(api.db, name))
  const fail = async (organization: Organization | undefined, { message, type = 'Error', details = {}, status = 'failed' }: Failure) => {
    const id = newId()
    await inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(sql`
        insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, error, started_at, completed_at)
        values (${id}, ${organization?.id}, 'workflow', 'sync', ${status}, 1000, '{"type":"api_key","id":"x","name":"x"}',
          ${JSON.stringify({ type, message, details })}, now(), now())`),
    )
    return id
  }
  const causes = async (send: Send = api.send) => (await send('GET', '/executions/causes')).body.causes as Cause[]
  return { ...api, organizations, fail, causes }
}

const unmapped = (name: string) => ({
  message: `The organization '${name}' has no active mapping for the integration 'halo'. Add one.`,
  type: 'MappingNotFoundError',
  details: { code: 'mapping_not_found', integration_name: 'halo', org_id: newId(), stack: 'at x' },
})

test('workflows that failed for one reason are one cause, whichever organization, id or number the sentence names', async () => {
  await using given = await givenFailures('Acme', 'Globex', 'Initech')
  const [acme, globex, initech] = given.organizations
  await given.fail(acme, unmapped('Acme'))
  await given.fail(globex, unmapped('Globex'))
  await given.fail(initech, { ...unmapped('Initech'), details: { code: 'mapping_not_found', integration_name: 'ninja' } })
  await given.fail(acme, { ...unmapped('Acme'), details: { ...unmapped('Acme').details, mapping_id: newId() } })
  await given.fail(acme, { message: "HTTP 404: the customer 'Acme Ltd' (17) is not there, see https://x.example/17?a=b" })
  await given.fail(globex, { message: "HTTP 404: the customer 'Globex Inc.' (2999) is not there, see https://x.example/2999" })
  await given.fail(initech, { message: 'Acme is no customer of Initech, nor is 4b4c31c1-5d1c-4b36-9cf1-0e8c3a3f5f60' })
  await given.fail(acme, { message: "It doesn't fit, and that's it" })
  await given.fail(globex, { message: "It doesn't suit, and that's it" })
  await given.fail(acme, { message: 'It was too slow', status: 'timeout', type: 'TimedOut' })
  const causes = await given.causes()
  assert.deepEqual(
    causes
      .map(({ count, code, executions }) => [count, code, executions.map(({ org_name }) => org_name).toSorted()])
      .slice(0, 2)
      .toSorted(),
    [
      [2, null, ['Acme', 'Globex']],
      [2, 'mapping_not_found', ['Acme', 'Globex']],
    ],
  )
  assert.deepEqual([causes.length, causes.reduce((sum, { count }) => sum + count, 0)], [8, 10])
})

test('failures of a cause are told of in bounds: twenty causes, the newest hundred of each, and a message that is no book', async () => {
  await using given = await givenFailures('Acme')
  const [acme] = given.organizations
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, error)
      select overlay(first_id_at(now())::text placing ${newId().slice(14, 24)} || lpad(to_hex(n), 12, '0') from 15)::uuid, ${acme?.id}, 'workflow', 'sync', 'failed', 1000, '{"type":"api_key","id":"x","name":"x"}',
        jsonb_build_object('type', 'E' || case when n <= 250 then 0 else n end, 'message', repeat('long ', 1000), 'details', '{}'::jsonb)
      from generate_series(1, 280) as n`),
  )
  const causes = await given.causes()
  assert.deepEqual([causes.length, causes[0]?.count, causes[0]?.executions.length, causes[0]?.message.length], [20, 250, 100, 1_000])
})

test('what failed for a cause is tried again, and only that; what cannot be is named', async () => {
  await using given = await givenFailures('Acme', 'Globex', 'Initech')
  const [acme, globex, initech] = given.organizations
  const first = await given.fail(acme, unmapped('Acme'))
  const second = await given.fail(globex, unmapped('Globex'))
  const other = await given.fail(initech, { message: 'Something else' })
  const [{ cause = '' } = {}] = await given.causes()
  const limited = given.as(principalFor([globex as Organization], 'canExecuteWorkflows', 'canViewHistory'))
  assert.deepEqual(
    (await given.causes(limited)).map(({ count, cause: same }) => [count, same]),
    [[1, cause]],
  )
  const answer = await limited('POST', '/executions/retry', { cause })
  assert.deepEqual([answer.status, answer.body], [202, { retried: 1, refused: [], is_complete: true }])
  const retriesOf = async (id: string) => (await given.send('GET', `/executions/${id}`)).body.retried_as
  assert.deepEqual([await retriesOf(first), typeof (await retriesOf(second)), await retriesOf(other)], [null, 'string', null])
  assert.equal((await given.send('POST', '/executions/retry', { cause })).body.retried, 1)
  assert.deepEqual((await given.send('POST', '/executions/retry', { cause })).body, { retried: 0, refused: [], is_complete: true })
  assert.deepEqual(
    (await given.causes()).map(({ message }) => message),
    ['Something else'],
  )
})

test('causes are closed without a principal and without the permission, and take no cause that is none', async () => {
  await using given = await givenFailures('Acme')
  const [acme] = given.organizations as [Organization]
  const cause = '0'.repeat(32)
  assert.equal((await given.as(undefined)('GET', '/executions/causes')).status, 401)
  assert.equal((await given.as(undefined)('POST', '/executions/retry', { cause })).status, 401)
  assert.equal(
    (await given.as(principalFor([acme], 'canManageConfig'))('GET', '/executions/causes')).body.details.permission,
    'canViewExecutions',
  )
  const reader = given.as(principalFor([acme], 'canViewHistory'))
  assert.equal((await reader('POST', '/executions/retry', { cause })).body.details.permission, 'canRunWorkflows')
  for (const body of [{}, { cause: 'x' }, { cause, hours: 1_000 }])
    assert.equal((await given.send('POST', '/executions/retry', body)).body.error, 'validation_failed')
})
