import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../testing/given-database.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { normalizeDomain } from './domain-name.ts'
import {
  createOrganization,
  deactivateOrganization,
  getActiveOrganization,
  getOrganization,
  organizationError,
  updateOrganization,
} from './organizations.ts'

test('host names are kept in one spelling, and what is no host name is refused', () => {
  for (const [given, kept] of [
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    [' contoso.local ', 'contoso.local'],
    ['münchen.de', 'xn--mnchen-3ya.de'],
    ['localhost', 'localhost'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  ] as const) {
    assert.equal(normalizeDomain(given), kept, given)
  }
  for (const given of [
    '',
    '.',
    'a..b',
    '-a.com',
    'a-.com',
    '10.0.0.1',
    '0x7f.1',
    '1',
    'a b.com',
    'a.com/x',
    'user@a.com',
    'https://a.com',
    'a.com:80',
    '*.a.com',
    'a_b.com',
    '[::1]',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}com`,
    'a\0.com',
  ]) {
    assert.equal(normalizeDomain(given), undefined, given)
  }
})

test('an organization that is not there is not found', async () => {
  await using db = await givenDatabase()
  await assert.rejects(getOrganization(db, newId()), (error) => organizationError.is(error, 'organization_not_found'))
  await assert.rejects(deactivateOrganization(db, systemActing, newId()), (error) => organizationError.is(error, 'organization_not_found'))
})

test('a deactivated organization can be read, and refuses to be run for until it is active again', async () => {
  await using db = await givenDatabase()
  const acme = await givenOrganization(db, 'Acme')
  assert.equal((await getActiveOrganization(db, acme.id)).name, 'Acme')
  await deactivateOrganization(db, systemActing, acme.id)
  assert.equal((await getOrganization(db, acme.id)).isActive, false)
  await assert.rejects(
    getActiveOrganization(db, acme.id),
    (error) => organizationError.is(error, 'organization_inactive') && error.message.includes("'Acme'"),
  )
  await updateOrganization(db, systemActing, acme.id, { isActive: true })
  assert.equal((await getActiveOrganization(db, acme.id)).isActive, true)
})

test('every change has its audit row, and what changes nothing has none', async () => {
  await using db = await givenDatabase()
  const acme = await createOrganization(db, systemActing, { name: 'Acme', domains: ['acme.com'], tenantId: null })
  const renamed = await updateOrganization(db, systemActing, acme.id, { name: 'Acme Ltd' })
  const same = await updateOrganization(db, systemActing, acme.id, { name: 'Acme Ltd', domains: ['acme.com'] })
  assert.deepEqual(same, renamed)
  await deactivateOrganization(db, systemActing, acme.id)
  await deactivateOrganization(db, systemActing, acme.id)
  const events = await inScope(db, { organizationId: acme.id }, (transaction) =>
    transaction.query<{ action: string; changes: object }>(
      sql`select action, changes from audit_events where organization_id = ${acme.id} order by id`,
    ),
  )
  assert.deepEqual(
    events.map((event) => ({ ...event })),
    [
      {
        action: 'organization.created',
        changes: {
          name: { before: null, after: 'Acme' },
          domains: { before: null, after: ['acme.com'] },
          tags: { before: null, after: [] },
          fields: { before: null, after: {} },
          is_active: { before: null, after: true },
        },
      },
      { action: 'organization.updated', changes: { name: { before: 'Acme', after: 'Acme Ltd' } } },
      { action: 'organization.deactivated', changes: { is_active: { before: true, after: false } } },
    ],
  )
})

test('simultaneous changes of different fields are both kept', async () => {
  await using db = await givenDatabase()
  const acme = await givenOrganization(db, 'Acme')
  await Promise.all([
    updateOrganization(db, systemActing, acme.id, { name: 'Acme Ltd' }),
    updateOrganization(db, systemActing, acme.id, { domains: ['acme.com'] }),
  ])
  const { name, domains } = await getOrganization(db, acme.id)
  assert.deepEqual({ name, domains }, { name: 'Acme Ltd', domains: ['acme.com'] })
})

test('in the scope of one organization no other is seen or changed, even without a where', async () => {
  await using db = await givenDatabase()
  const acme = await givenOrganization(db, 'Acme')
  const globex = await givenOrganization(db, 'Globex')
  const seen = await inScope(db, { organizationId: acme.id }, (transaction) =>
    transaction.query<{ id: string }>(sql`select id from organizations`),
  )
  assert.deepEqual(
    seen.map((row) => row.id),
    [acme.id],
  )
  await inScope(db, { organizationId: acme.id }, (transaction) => transaction.query(sql`update organizations set name = 'Taken'`))
  assert.equal((await getOrganization(db, globex.id)).name, 'Globex')
})
