import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalFor } from '../../testing/given-definitions.ts'
import { givenVendor } from '../../testing/given-discovery.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'

const acmeCorp = { id: '12345', name: 'Acme Corp', metadata: { code: 'ACME001', tier: 'premium' } }
const wayne = { id: '67890', name: 'Wayne Enterprises', metadata: {} }

test('each organization’s credentials have a list of their own, beside the global one', async () => {
  await using given = await givenVendor()
  const [acme, globex] = [await givenOrganization(given.db, 'Acme'), await givenOrganization(given.db, 'Globex')]
  given.vendor.pages = [[acmeCorp]]
  await given.discover()
  given.vendor.pages = [[wayne]]
  const own = await given.discover(`?orgId=${acme.id.toUpperCase()}`)
  assert.deepEqual(own.body.organizations, [wayne])
  assert.equal(given.worker.taken[1]?.organizationId, acme.id)
  assert.deepEqual((await given.discover()).body.organizations, [acmeCorp])
  const scope = { organizationId: globex.id }
  assert.deepEqual(
    await readInScope(given.db, scope, sql`select external_org_id from external_organizations`),
    [{ external_org_id: '12345' }],
    'the global list and its own',
  )
  assert.deepEqual(await readInScope(given.db, scope, sql`select organization_id from discovery_runs`), [{ organization_id: null }])
  for (const statement of [
    sql`delete from external_organizations`,
    sql`update external_organizations set name = 'stolen'`,
    sql`delete from discovery_runs`,
    sql`update discovery_runs set ended_at = null`,
  ]) {
    await inScope(given.db, scope, (transaction) => transaction.query(statement))
  }
  assert.deepEqual((await given.discover(`?orgId=${acme.id}`)).body.organizations, [wayne])
  assert.deepEqual((await given.discover()).body.organizations, [acmeCorp])
  assert.equal(given.worker.taken.length, 2)
})

test('discovery is refused without a principal, for another organization, and where it makes no sense', async () => {
  await using given = await givenVendor()
  given.vendor.pages = [[acmeCorp]]
  const [acme, globex] = [await givenOrganization(given.db, 'Acme'), await givenOrganization(given.db, 'Globex')]
  const limited = given.as(principalFor([acme], 'canManageConfig'))
  for (const path of ['discover', 'external-organizations', 'discovery-runs'].map((last) => `/integrations/halo/${last}`)) {
    assert.equal((await given.as(undefined)('GET', path)).status, 401, path)
    assert.equal((await given.as(principalFor([acme], 'canViewHistory'))('GET', path)).status, 403, path)
    assert.equal((await limited('GET', `${path}?orgId=${acme.id}`)).status, 200, path)
    assert.deepEqual((await limited('GET', `${path}?orgId=${globex.id}`)).body.error, 'organization_not_found', path)
    assert.equal((await limited('GET', path)).status, 403, 'the list of the global credentials names all customers')
    assert.equal((await given.send('GET', path.replace('halo', 'nowhere'))).body.error, 'integration_not_found', path)
    assert.equal((await given.send('GET', `${path}?orgId=01990000-0000-7000-8000-000000000000`)).body.error, 'organization_not_found', path)
  }
  assert.deepEqual((await given.send('GET', '/integrations/mail/discover')).body.error, 'discovery_not_supported')
  await deactivateOrganization(given.db, systemActing, globex.id)
  assert.deepEqual((await given.discover(`?orgId=${globex.id}`)).body.error, 'organization_inactive')
  for (const query of ['?orgId=x', '?refresh=maybe', '?wait=-1', '?wait=301', '?wait=x'])
    assert.equal((await given.discover(query)).status, 400, query)
})
