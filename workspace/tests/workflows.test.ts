import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError } from '@crosswalk/sdk'
import { startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { listTenantMappings } from '../data-providers/list-tenant-mappings.ts'
import { autoSetupIntegration } from '../workflows/auto-setup-integration.ts'
import { fallbackToGlobal } from '../workflows/fallback-to-global.ts'
import { syncIfMapped } from '../workflows/sync-if-mapped.ts'
import { syncUsers } from '../workflows/sync-users.ts'
import { syncUsersFromTenant } from '../workflows/sync-users-from-tenant.ts'
import { acme, givenContext } from './given.ts'

const wayne = { integrationName: 'myintegration', externalOrgId: '67890', externalOrgName: 'Wayne Enterprises' }

test('sync_users syncs the users of the mapped organization', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor)
  await ctx.setIntegrationMapping(acme)

  const result = await syncUsers(ctx)

  assert.deepEqual(result, { success: true, users_synced: 3, external_org: 'Acme Corp' })
  assert.deepEqual(
    ctx.logs.filter(({ level }) => level === 'info').map(({ message }) => message),
    [
      'Starting user sync from MyIntegration',
      'Using mapping: Acme Corp (ID: 12345)',
      'Found 3 users in Acme Corp',
      'Synced 3 users successfully',
    ],
  )
  assert.deepEqual(
    ctx.steps.map(({ name }) => name),
    ['myintegration.listUsers'],
  )
  assert.deepEqual(ctx.progressReports.at(-1), { done: 3, total: 3 })
})

test('sync_users without a mapping fails, says so and asks the vendor nothing', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor)
  await assert.rejects(syncUsers(ctx), (error) => isCrosswalkError(error, 'mapping_not_found'))
  assert.equal(ctx.logs.at(-1)?.message, 'MyIntegration mapping not configured for this organization')
  assert.equal(vendor.requests.length, 0)
})

test('sync_users fails when the vendor does, after it was asked as often as the rules say', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor, { mappings: [acme] })
  vendor.faults.down()
  await assert.rejects(syncUsers(ctx), (error) => isCrosswalkError(error, 'vendor_error'))
  assert.equal(vendor.requests.length, 3)
  assert.match(ctx.logs.at(-1)?.message ?? '', /User sync failed: .* 503/)
})

test('sync_users waits as long as the vendor asks', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor, { mappings: [acme] })
  vendor.faults.tooManyRequests({ retryAfterSeconds: 17 })
  assert.equal((await syncUsers(ctx)).success, true)
  assert.deepEqual(ctx.waits, [17_000])
})

test('a person chooses one of several tenants', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor, {
    mappings: [
      { ...acme, id: 'm1' },
      { ...wayne, id: 'm2' },
    ],
  })
  assert.deepEqual(await listTenantMappings(ctx), [
    { label: 'Acme Corp (12345)', value: 'm1' },
    { label: 'Wayne Enterprises (67890)', value: 'm2' },
  ])
  const { users, tenant } = await syncUsersFromTenant(ctx, { tenant_name: 'm2' })
  assert.deepEqual([users > 0, tenant], [true, 'Wayne Enterprises'])
  await assert.rejects(syncUsersFromTenant(ctx, { tenant_name: 'm3' }), (error) => isCrosswalkError(error, 'mapping_not_found'))
})

test('fallback_to_global uses the mapping, else the global key, and for no other reason', async () => {
  await using vendor = await startMyIntegrationVendor()
  assert.deepEqual(await fallbackToGlobal(givenContext(vendor, { mappings: [acme] })), { scope: 'organization', organizations: 1 })
  const unmapped = givenContext(vendor)
  assert.deepEqual(await fallbackToGlobal(unmapped), { scope: 'global', organizations: 2 })
  assert.equal(unmapped.logs[0]?.level, 'warn')
  const ambiguous = fallbackToGlobal(givenContext(vendor, { mappings: [acme, wayne] }))
  await assert.rejects(ambiguous, (error) => isCrosswalkError(error, 'multiple_mappings'))
})

test('sync_if_mapped does nothing for an organization without a mapping', async () => {
  await using vendor = await startMyIntegrationVendor()
  assert.deepEqual(await syncIfMapped(givenContext(vendor)), {
    success: true,
    skipped: true,
    reason: 'Integration not configured for this organization',
  })
  assert.deepEqual(await syncIfMapped(givenContext(vendor, { mappings: [acme] })), { success: true, skipped: false, users_synced: 3 })
})

test('auto_setup_integration keeps a mapping that works', async () => {
  await using vendor = await startMyIntegrationVendor()
  // The organization's own key: a global one is not given for an address that only the mapping names.
  const ctx = givenContext(vendor, { config: {}, organizationSecrets: { myintegration_api_key: vendor.apiKey } })
  const result = await autoSetupIntegration(ctx, { external_org_id: '12345', api_base_url: vendor.url })
  const mapping = await ctx.getIntegrationMapping('myintegration')
  assert.deepEqual(result, { success: true, mapping_id: mapping.id })
  assert.deepEqual(mapping.mappingData, { api_base_url: vendor.url, auto_created: true })
})

test('auto_setup_integration deletes a mapping that does not work', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor)
  await assert.rejects(autoSetupIntegration(ctx, { external_org_id: '999' }), {
    message: 'The mapping was not kept: API error: 404 Not Found: There is no organization 999.',
  })
  assert.deepEqual(await ctx.getOrgMappings('myintegration'), [])
})

test('auto_setup_integration puts back the mapping that was there before', async () => {
  await using vendor = await startMyIntegrationVendor()
  const ctx = givenContext(vendor, { mappings: [{ ...acme, id: 'm1' }] })
  const before = await ctx.getIntegrationMapping('myintegration')
  await assert.rejects(autoSetupIntegration(ctx, { external_org_id: '999' }), /The mapping was not kept/)
  assert.deepEqual(await ctx.getIntegrationMapping('myintegration'), before)
})
