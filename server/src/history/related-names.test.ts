import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { updateOrganization } from '../organizations/organizations.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

async function givenExecutions() {
  const api = await givenApi()
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const ran = (id: string, organizationId: string | null) =>
    inScope(api.db, 'allOrganizations', (transaction) =>
      transaction.query(sql`
        insert into executions (id, organization_id, kind, name, status, timeout_ms, caller)
        values (${id}, ${organizationId}, 'discovery', 'halopsa', 'pending', 1000, '{"type":"api_key","id":"x","name":"x"}')`),
    )
  return { ...api, acme, globex, ran }
}

test('an execution is shown with the name that its organization has now; one for all organizations with none', async () => {
  await using api = await givenExecutions()
  const { acme, globex, ran, send } = api
  const ids = [newId(), newId(), newId()] as const
  await ran(ids[0], acme.id)
  await ran(ids[1], globex.id)
  await ran(ids[2], null)
  await updateOrganization(api.db, systemActing, globex.id, { name: 'Globex Ltd' })
  const { body } = await send('GET', '/executions')
  const names = new Map(
    body.executions.map((each: { execution_id: string; org_name: string | null }) => [each.execution_id, each.org_name]),
  )
  assert.deepEqual(
    names,
    new Map<string, string | null>([
      [ids[2], null],
      [ids[1], 'Globex Ltd'],
      [ids[0], 'Acme'],
    ]),
  )
  assert.equal((await send('GET', `/executions/${ids[1]}`)).body.org_name, 'Globex Ltd')
  assert.equal((await send('GET', `/executions/${ids[2]}`)).body.org_name, null)
})

test('who may see one organization learns no name of another', async () => {
  await using api = await givenExecutions()
  const { as, acme, globex, ran } = api
  await ran(newId(), acme.id)
  await ran(newId(), globex.id)
  const answer = await as(principalFor([acme], 'canViewHistory'))('GET', '/executions')
  assert.deepEqual(
    answer.body.executions.map(({ org_name }: { org_name: string }) => org_name),
    ['Acme'],
  )
  assert.doesNotMatch(JSON.stringify(answer.body), /Globex/)
})

test('the audit says the name of the organization of each act', async () => {
  await using api = await givenExecutions()
  const { body } = await api.send('GET', '/audit?action=organization.created')
  assert.deepEqual(
    body.events.map(({ org_name }: { org_name: string }) => org_name),
    ['Globex', 'Acme'],
  )
})
