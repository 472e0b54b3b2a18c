import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AuditEvent, type ChangesOf, systemActing } from '../src/audit/audit.ts'
import { applied, inverted } from '../src/audit/changes.ts'
import { createBatch } from '../src/batches/batches.ts'
import { cancelBatchWithin, pauseBatchWithin, resumeBatchWithin } from '../src/batches/steering.ts'
import { holdDefinition } from '../src/definitions/definitions.ts'
import { setMappingWithin } from '../src/mappings/mapping-setting.ts'
import { createMappingWithin, deleteMappingWithin, updateMappingWithin } from '../src/mappings/mappings.ts'
import { createField } from '../src/organizations/organization-fields.ts'
import { createOrganizationWithin, updateOrganizationWithin } from '../src/organizations/organizations.ts'
import { inScope, sql, type Transaction } from '../src/platform/database/database.ts'
import { newId } from '../src/platform/ids.ts'
import { runScheduleWithin } from '../src/schedules/firing.ts'
import { getSchedule } from '../src/schedules/schedules.ts'
import { resetScheduleWithin, type SchedulePatch, setScheduleWithin } from '../src/schedules/setting.ts'
import { deleteConfigWithin, setConfigWithin } from '../src/values/config/config.ts'
import { SecretText } from '../src/values/secrets/secret-text.ts'
import { deleteSecretWithin, setSecretWithin } from '../src/values/secrets/secrets.ts'
import { givenPublished, integrationDefinition, workflowDefinition } from '../testing/given-definitions.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let app: TestApp
before(async () => {
  app = await createTestApp()
  await givenPublished(app.db, integrationDefinition('halo'), workflowDefinition('nightly'))
})
after(() => app[Symbol.asyncDispose]())

const acting = systemActing
const now = new Date('2026-03-01T00:00:00Z')
const inOne = <T>(work: (transaction: Transaction) => Promise<T>) => inScope(app.db, 'allOrganizations', work)

type Fields = Record<string, unknown>
type Recorded = Pick<AuditEvent, 'action' | 'target'> & { changes: ChangesOf<Fields> }

/** What can be edited of a thing as it is now; of what is not there, every field is null. */
const readers: Record<string, (transaction: Transaction, id: string) => Promise<Fields[]>> = {
  organization: (transaction, id) =>
    transaction.query(sql`select name, domains, tenant_id, tags, fields, is_active from organizations where id = ${id}`),
  integration_mapping: (transaction, id) =>
    transaction.query(sql`
      select external_org_id, external_org_name, mapping_data, is_active from organization_mappings where id = ${id}`),
  config: (transaction, id) => transaction.query(sql`select value, true as is_set from config where key = ${id}`),
  schedule: (transaction, id) =>
    transaction.query(sql`
      select cron, time_zone, organizations, missed, parameters, is_paused from schedules where workflow_name = ${id}`),
  batch: (transaction, id) => transaction.query(sql`select is_paused, state = 'cancelled' as is_cancelled from batches where id = ${id}`),
}
const absent: Record<string, Fields> = {
  organization: { name: null, domains: null, tenant_id: null, tags: null, fields: null, is_active: null },
  integration_mapping: { external_org_id: null, external_org_name: null, mapping_data: null, is_active: null },
  config: { value: null, is_set: false },
  schedule: { cron: null, time_zone: null, organizations: null, missed: null, parameters: null, is_paused: false },
}

async function read(transaction: Transaction, type: string, id: string): Promise<Fields> {
  const [row] = (await readers[type]?.(transaction, id)) ?? []
  return { ...(row ?? absent[type]) }
}

/** Does a write, and takes back what its event says: that must be what was there before. */
async function assertInverts(
  type: string,
  id: string,
  action: AuditEvent['action'],
  write: (transaction: Transaction) => Promise<unknown>,
) {
  await inOne(async (transaction) => {
    const earlier = await read(transaction, type, id)
    const [last] = await transaction.query<{ id: string }>(sql`select id from audit_events order by id desc limit 1`)
    await write(transaction)
    const events = await transaction.query<Recorded>(
      sql`select action, target, changes from audit_events where ${last?.id ?? null}::uuid is null or id > ${last?.id ?? newId()} order by id`,
    )
    assert.deepEqual(
      events.map((event) => [event.action, event.target.type, event.target.id]),
      [[action, type, id]],
    )
    const later = await read(transaction, type, id)
    assert.notDeepEqual(later, earlier, `${action} changes something`)
    const { changes } = events[0] as Recorded // one, as just seen
    assert.deepEqual(applied(later, inverted(changes)), earlier, `${action} taken back`)
    assert.deepEqual(applied(earlier, changes), later, `${action} done again`)
  })
}

test('what is done to an organization can be taken back by its event', async () => {
  const id = newId()
  await createField(app.db, acting, { name: 'seats', label: 'Seats', type: 'number', isRequired: false, choices: [] })
  const update = (patch: Parameters<typeof updateOrganizationWithin>[3]) => (transaction: Transaction) =>
    updateOrganizationWithin(transaction, acting, id, patch)
  await assertInverts('organization', id, 'organization.created', (transaction) =>
    createOrganizationWithin(transaction, acting, id, { name: 'Acme', domains: ['acme.example'], tenantId: null, tags: ['gold'] }),
  )
  await assertInverts('organization', id, 'organization.updated', update({ name: 'Acme Ltd', tenantId: 't-1', tags: [], domains: [] }))
  await assertInverts('organization', id, 'organization.updated', update({ tenantId: null }))
  await assertInverts('organization', id, 'organization.updated', update({ fields: { seats: 5 } }))
  await assertInverts('organization', id, 'organization.deactivated', update({ isActive: false, name: 'Gone' }))
  await assertInverts('organization', id, 'organization.updated', update({ isActive: true }))
})

test('what is done to a mapping can be taken back by its event', async () => {
  const organizationId = newId()
  await inOne((transaction) => createOrganizationWithin(transaction, acting, organizationId, { name: 'Acme', domains: [], tenantId: null }))
  const integration = await inOne((transaction) => holdDefinition(transaction, 'integration', 'halo'))
  assert.ok(integration)
  const draft = { integrationName: 'halo', externalOrgId: '42', externalOrgName: 'Acme Corp', mappingData: { b: 1, a: { deep: [null] } } }
  const { id } = await inOne((transaction) => createMappingWithin(transaction, acting, organizationId, integration, draft))
  await inOne(async (transaction) => {
    const [created] = await transaction.query<Recorded>(
      sql`select action, target, changes from audit_events where action = 'integration_mapping.created' and target ->> 'id' = ${id}`,
    )
    assert.ok(created)
    assert.deepEqual(applied(await read(transaction, 'integration_mapping', id), inverted(created.changes)), absent.integration_mapping)
  })
  const update = (patch: Parameters<typeof updateMappingWithin>[5]) => (transaction: Transaction) =>
    updateMappingWithin(transaction, acting, organizationId, integration, id, patch)
  const type = 'integration_mapping'
  await assertInverts(type, id, 'integration_mapping.updated', update({ mappingData: { z: null, a: 1 } }))
  await assertInverts(type, id, 'integration_mapping.updated', update({ externalOrgId: '43' }))
  await assertInverts(type, id, 'integration_mapping.updated', update({ isActive: false }))
  await assertInverts(type, id, 'integration_mapping.updated', update({ isActive: true, externalOrgName: 'Again' }))
  await assertInverts(type, id, 'integration_mapping.updated', (transaction) =>
    setMappingWithin(transaction, acting, organizationId, integration, { integrationName: 'halo', externalOrgId: '44', mappingId: id }),
  )
  await assertInverts(type, id, 'integration_mapping.deleted', (transaction) =>
    deleteMappingWithin(transaction, acting, organizationId, id),
  )
})

test('what is done to a config value can be taken back by its event, where the value is null too', async () => {
  const which = { key: 'api_url', organizationId: null }
  const set = (value: Parameters<typeof setConfigWithin>[2]['value']) => (transaction: Transaction) =>
    setConfigWithin(transaction, acting, { ...which, value })
  await assertInverts('config', 'api_url', 'config.set', set(null))
  await assertInverts('config', 'api_url', 'config.set', set({ z: 1, a: [1, 'two'] }))
  await assertInverts('config', 'api_url', 'config.set', set(false))
  await assertInverts('config', 'api_url', 'config.deleted', (transaction) => deleteConfigWithin(transaction, acting, which))
  await assertInverts('config', 'api_url', 'config.set', set('text'))
})

test('what is done to a schedule can be taken back by its event', async () => {
  const which = { name: 'nightly', declared: undefined }
  const set = (patch: SchedulePatch) => (transaction: Transaction) => setScheduleWithin(transaction, acting, which, patch, now)
  const plan = {
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    organizations: ['0190d8a0-0000-7000-8000-000000000001'],
    missed: 'skip' as const,
  }
  await assertInverts('schedule', 'nightly', 'schedule.set', set({ ...plan, parameters: { dry: true } }))
  await assertInverts('schedule', 'nightly', 'schedule.paused', set({ isPaused: true }))
  await assertInverts('schedule', 'nightly', 'schedule.set', set({ parameters: null, organizations: 'all', isPaused: false }))
  await assertInverts('schedule', 'nightly', 'schedule.paused', set({ isPaused: true }))
  await assertInverts('schedule', 'nightly', 'schedule.resumed', set({ isPaused: false }))
  await assertInverts('schedule', 'nightly', 'schedule.reset', (transaction) => resetScheduleWithin(transaction, acting, which, now))
})

const order = {
  kind: 'workflow',
  name: 'nightly',
  parameters: {},
  selection: 'all',
  timeoutMs: 1_000,
  scope: 'allOrganizations',
  acting,
} as const

test('pausing, resuming and cancelling a batch can be read back from their events', async () => {
  const { id } = await inOne((transaction) => createBatch(transaction, order))
  await assertInverts('batch', id, 'batch.paused', (transaction) => pauseBatchWithin(transaction, acting, id))
  await assertInverts('batch', id, 'batch.resumed', (transaction) => resumeBatchWithin(transaction, [], acting, id))
  await assertInverts('batch', id, 'batch.paused', (transaction) => pauseBatchWithin(transaction, acting, id))
  await assertInverts('batch', id, 'batch.cancelled', (transaction) => cancelBatchWithin(transaction, [], acting, id))
})

test('what was changed since is not overwritten', () => {
  const changes = { name: { before: 'Acme', after: 'Acme Ltd' }, is_active: { before: true, after: false } }
  assert.deepEqual(applied({ name: 'Acme', is_active: true, more: 1 }, changes), { name: 'Acme Ltd', is_active: false, more: 1 })
  assert.equal(applied({ name: 'Acme GmbH', is_active: false }, inverted(changes)), undefined)
})

test('writes of all slices make one change: all of it or nothing, with its events', async () => {
  const masterKey = await app.keyring.current()
  const organizationId = newId()
  const doAll = async (transaction: Transaction) => {
    await createOrganizationWithin(transaction, acting, organizationId, { name: 'All at once', domains: [], tenantId: null })
    const integration = await holdDefinition(transaction, 'integration', 'halo')
    assert.ok(integration)
    await createMappingWithin(transaction, acting, organizationId, integration, { integrationName: 'halo', externalOrgId: 'all-at-once' })
    await setConfigWithin(transaction, acting, { key: 'region', organizationId, value: 'eu' })
    const secret = { key: 'token', organizationId, value: new SecretText('hunter2') }
    assert.ok(await setSecretWithin(transaction, { masterKey }, acting, secret))
    await deleteSecretWithin(transaction, acting, secret)
    const plan = { cron: '5 4 * * *', timeZone: 'UTC', organizations: [organizationId], missed: 'skip' as const }
    await setScheduleWithin(transaction, acting, { name: 'nightly', declared: undefined }, plan, now)
    await createBatch(transaction, order)
  }
  const countEvents = () =>
    inOne(async (transaction) => {
      const [row] = await transaction.query<{ count: number }>(
        sql`select count(*)::int as count from audit_events where target ->> 'id' = ${organizationId} or organization_id = ${organizationId}`,
      )
      return row?.count
    })
  await assert.rejects(
    inOne(async (transaction) => {
      await doAll(transaction)
      throw new Error('second thoughts')
    }),
    /second thoughts/,
  )
  assert.equal(await countEvents(), 0)
  await inOne(doAll)
  assert.equal(await countEvents(), 5)
  const schedule = await getSchedule(app.db, 'nightly', now)
  assert.deepEqual([schedule.cron, schedule.organizations], ['5 4 * * *', [organizationId]])
  const begun = await inOne((transaction) => runScheduleWithin(transaction, acting, schedule, now))
  assert.ok(begun.batchId)
})
