import { systemActing } from '../src/audit/audit.ts'
import { createMapping } from '../src/mappings/mappings.ts'
import { createOrganization } from '../src/organizations/organizations.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { newId } from '../src/platform/ids.ts'
import { setConfig } from '../src/values/config/config.ts'
import { SecretText } from '../src/values/secrets/secret-text.ts'
import { setSecret } from '../src/values/secrets/secrets.ts'
import { approvalRow } from './given-approvals.ts'
import { givenKey } from './given-keys.ts'
import { type TestApp, testAdminKey } from './test-app.ts'

/** An organization, and one of each thing that it can have. */
export type Place = {
  id: string
  mark: string
  mappingId: string
  executionId: string
  batchId: string
  keyId: string
  personId: string
  connectionId: string
  approvalId: string
  sessionId: string
}

/** Makes a place whose things all bear a mark: who finds the mark has found something of it. Wants `sync_users` and `halo` published. */
export async function givenPlace(api: TestApp, mark: string): Promise<Place> {
  const { db, keyring } = api
  const run = (statement: Sql) => readInScope(db, 'allOrganizations', statement)
  const post = async (path: string, payload: object) => {
    const headers = { authorization: `Bearer ${testAdminKey}` }
    return (await api.app.inject({ method: 'POST', url: `/api${path}`, headers, payload })).json()
  }
  const { id } = await createOrganization(db, systemActing, { name: mark, domains: [`${mark}.example`], tenantId: null, tags: ['given'] })
  const mapping = await createMapping(db, systemActing, id, {
    integrationName: 'halo',
    externalOrgId: `halo-${mark}`,
    externalOrgName: mark,
  })
  await setSecret(db, keyring, systemActing, { key: `secret_${mark}`, organizationId: id, value: new SecretText('x') })
  await setConfig(db, systemActing, { key: `config_${mark}`, organizationId: id, value: mark })
  const executionId = newId()
  await run(sql`
    insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, started_at, completed_at, error)
    values (${executionId}, ${id}, 'workflow', 'sync_users', 'failed', 1, '{"type":"system","id":"x","name":"x"}', now(), now(), '{"type":"Error","message":"x","details":{}}')`)
  await run(sql`
    insert into execution_logs (execution_id, organization_id, sequence, at, level, message) values (${executionId}, ${id}, 0, now(), 'info', ${mark})`)
  await run(sql`
    insert into execution_steps (execution_id, organization_id, position, name, status, attempt, started_at)
    values (${executionId}, ${id}, 0, 'a step', 'running', 1, now())`)
  const order = { workflow_name: 'sync_users', organizations: [id] }
  const { batch_id: batchId } = await post('/workflows/execute', order)
  const { id: keyId } = await givenKey(db, { role: 'viewer', reach: { organizations: [id] } })
  const invited = await post('/people', {
    email: `user@${mark}.example`,
    name: mark,
    grants: [{ role: 'customer_user', reach: { organizations: [id] } }],
  })
  const personId = invited.person.id
  const connectionId = newId()
  await run(sql`
    insert into connections (id, organization_id, integration_name, name, external_id, connected_by, connected_at)
    values (${connectionId}, ${id}, 'halo', 'main', ${mark}, 'x', now())`)
  const approvalId = newId()
  await run(approvalRow(approvalId, id, executionId, mark))
  return { id, mark, mappingId: mapping.id, executionId, batchId, keyId, personId, connectionId, approvalId, sessionId: newId() }
}
