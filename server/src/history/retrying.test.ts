import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endExecution, failed, givenApi, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { getExecution, submitAlone } from '../engine/state/executions.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'

async function givenFailed() {
  const api = await givenApi()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const { id } = await submitAlone(api.db, {
    organizationId: acme.id,
    kind: 'workflow',
    name: 'sync_users',
    input: { parameters: { limit: 3 } },
    timeoutMs: 5_000,
    acting: systemActing,
    isInteractive: false,
  })
  await endExecution(api.db, [], await getExecution(api.db, 'allOrganizations', id), failed('broken'))
  return { ...api, acme, globex, id, path: `/executions/${id}/retry` }
}

const refusal = ({ status, body }: { status: number; body: { error: string } }) => [status, body.error]

test('retrying is refused without a principal, without the permission, for another organization, and for one that is deactivated', async () => {
  await using given = await givenFailed()
  const { path, acme, globex } = given
  assert.deepEqual(refusal(await given.as(undefined)('POST', path)), [401, 'unauthenticated'])
  assert.deepEqual(refusal(await given.as(principalFor([acme], 'canViewHistory'))('POST', path)), [403, 'forbidden'])
  assert.deepEqual(refusal(await given.as(principalFor([globex], 'canExecuteWorkflows'))('POST', path)), [404, 'execution_not_found'])
  await deactivateOrganization(given.db, systemActing, acme.id)
  assert.deepEqual(refusal(await given.send('POST', path)), [409, 'organization_inactive'])
})

test('a retry has the parameters and the time of the first, and names it', async () => {
  await using given = await givenFailed()
  const { status, body } = await given.as(principalFor([given.acme], 'canExecuteWorkflows'))('POST', given.path)
  assert.deepEqual(
    [status, body.workflow_name, body.parameters, body.timeout_ms, body.retry_of, body.caller.name],
    [202, 'sync_users', { limit: 3 }, 5_000, given.id, 'Limited key'],
  )
  assert.notEqual(body.execution_id, given.id)
  const first = (await given.send('GET', `/executions/${given.id}`)).body
  const retry = (await given.send('GET', `/executions/${body.execution_id}`)).body
  assert.deepEqual([first.retried_as, retry.retried_as, retry.retry_of], [body.execution_id, null, given.id])
})
