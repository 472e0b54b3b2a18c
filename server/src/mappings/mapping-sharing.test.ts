import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integrationDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { createTestApp } from '../../testing/test-app.ts'
import { systemActing } from '../audit/audit.ts'
import { listProblems, publishDefinitions } from '../definitions/definitions.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { publishedHooks } from '../processes/slices.ts'
import { mappingError } from './mapping-rules.ts'
import { createMapping, deleteMapping, updateMapping } from './mappings.ts'

test('mappings follow the sharing of their integration, both ways', async () => {
  await using app = await createTestApp()
  const { db } = app
  const [acme, globex, initech] = await Promise.all(['Acme', 'Globex', 'Initech'].map((name) => givenOrganization(db, name)))
  assert.ok(acme && globex && initech)
  const publish = (sharedExternalOrgs: boolean) =>
    publishDefinitions(
      db,
      { definitions: [integrationDefinition('halo', { sharedExternalOrgs })], problems: [], codeVersion: String(sharedExternalOrgs) },
      publishedHooks,
    )
  const map = (organization: { id: string }) =>
    createMapping(db, systemActing, organization.id, { integrationName: 'halo', externalOrgId: '42' })

  await publish(false)
  const first = await map(acme)
  await assert.rejects(map(globex), (error) => mappingError.is(error, 'external_org_taken'))
  await publish(true)
  const second = await map(globex)

  await publish(false)
  const [problem] = await listProblems(db, 'integration')
  assert.match(problem?.reason ?? '', /1 of them are mapped by several organizations/)
  await assert.rejects(map(initech), (error) => mappingError.is(error, 'external_org_taken'))
  const renamed = await updateMapping(db, systemActing, globex.id, second.id, { externalOrgName: 'Renamed' })
  assert.equal(renamed.isActive, true, 'a mapping from the time of sharing stays')

  await deleteMapping(db, systemActing, globex.id, second.id)
  await publishDefinitions(db, { definitions: [integrationDefinition('halo')], problems: [], codeVersion: 'later' }, publishedHooks)
  assert.deepEqual(await listProblems(db, 'integration'), [])
  await assert.rejects(updateMapping(db, systemActing, globex.id, second.id, { isActive: true }), (error) =>
    mappingError.is(error, 'external_org_taken'),
  )
  const rows = await readInScope<{ id: string; is_shared: boolean }>(
    db,
    'allOrganizations',
    sql`select id, is_shared from organization_mappings where is_active`,
  )
  assert.deepEqual(rows, [{ id: first.id, is_shared: false }])
})
