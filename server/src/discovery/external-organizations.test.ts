import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalFor } from '../../testing/given-definitions.ts'
import { givenVendor, type Listed, storePages } from '../../testing/given-discovery.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { getExecution, submitAlone } from '../engine/state/executions.ts'
import { createMapping } from '../mappings/mappings.ts'
import { FencedOff, readInScope, sql } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { ensureRun } from './discovery.queries.ts'

const numbered = (count: number, from = 0): Listed[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${from + index}`,
    name: `Organization ${String(from + index).padStart(6, '0')}`,
    metadata: { tier: 'standard' },
  }))

async function givenRun() {
  const given = await givenVendor()
  given.worker[Symbol.dispose]()
  const { body } = await given.discover('?wait=0')
  const execution = await getExecution(given.db, 'allOrganizations', body.execution_id)
  const reported: [number, number | undefined, string | undefined][] = []
  const store = (...pages: Listed[][]) =>
    storePages(given.db, execution, pages, (done, total, message) => void reported.push([done, total, message]))
  const stored = async (query = '') =>
    (await given.send('GET', `/integrations/halo/external-organizations${query}`)).body.external_organizations
  return { ...given, execution, store, stored, reported }
}

test('pages are stored as they come, may be stored again, and show how far it is', async () => {
  await using given = await givenRun()
  for (let time = 0; time < 2; time++) await given.store(numbered(3), numbered(2, 3))
  assert.deepEqual(
    (await given.stored()).map(({ id }: Listed) => id),
    ['0', '1', '2', '3', '4'],
  )
  assert.deepEqual((await given.stored())[0].previous_names, [])
  assert.deepEqual(given.reported.slice(0, 2), [
    [3, undefined, 'organizations found'],
    [5, undefined, 'organizations found'],
  ])
})

test('an organization that the vendor lists twice is stored once, as it was listed last', async () => {
  await using given = await givenRun()
  await given.store(
    [
      { id: '1', name: 'A' },
      { id: '1', name: 'B' },
    ],
    [{ id: '1', name: 'C' }],
  )
  const [one, ...others] = await given.stored()
  assert.deepEqual([one.name, others.length], ['C', 0])
})

test('vendors’ odd text is made fit, and ids that cannot be kept are refused by their place', async () => {
  await using given = await givenRun()
  await given.store([
    { id: '"<1>"', name: ' A\tB\0\n', metadata: { note: 'x\0\ud800', 'k\0': ['\0'] } },
    { id: '2', name: '\n' },
    { id: '3', name: 'é'.repeat(500) },
  ])
  const [second, first, third] = await given.stored()
  assert.deepEqual([first.id, first.name, first.metadata], ['"<1>"', 'A B', { note: 'x\ufffd', k: [''] }])
  assert.deepEqual([second.name, third.name.length], ['2', 200])
  for (const id of ['', 'x'.repeat(201), 'a\nb', 'a\0', '\ud800']) {
    await assert.rejects(
      given.store([
        { id: '9', name: 'ok' },
        { id, name: 'x' },
      ]),
      (error: DomainError) => error.code === 'validation_failed' && 'organizations.1.id' in error.details,
    )
  }
  await assert.rejects(
    given.store([{ id: '9', name: 'x', metadata: { note: 'x'.repeat(40_000) } }]),
    (error: DomainError) => error.code === 'validation_failed',
  )
})

test('a discovery that was retried opens a run of its own, but not beside another', async () => {
  await using given = await givenRun()
  const submission = {
    organizationId: null,
    kind: 'discovery',
    name: 'halo',
    input: {},
    timeoutMs: 1_000,
    acting: systemActing,
    isInteractive: true,
  } as const
  const retried = await getExecution(given.db, 'allOrganizations', (await submitAlone(given.db, submission)).id)
  await assert.rejects(storePages(given.db, retried, [numbered(1)]), (error: DomainError) => error.code === 'discovery_running')
  await storePages(given.db, { ...retried, name: 'other' }, [numbered(1)])
})

test('the list is searched by name and id, in pages by name', async () => {
  await using given = await givenRun()
  await given.store([
    { id: 'b-1', name: 'beta_100%' },
    { id: 'a-1', name: 'Alpha' },
    { id: 'A-2', name: 'alpha' },
    { id: 'x\\_', name: `${'株'.repeat(199)}!` },
  ])
  const ids = async (query: string) => (await given.stored(query)).map(({ id }: Listed) => id)
  assert.deepEqual(await ids('?search=ALPHA'), ['A-2', 'a-1'])
  assert.deepEqual(await ids('?search=_100%25'), ['b-1'])
  assert.deepEqual(await ids('?search=x%5C'), ['x\\_'])
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body, status } = await given.send(
      'GET',
      `/integrations/halo/external-organizations?limit=1${cursor ? `&cursor=${cursor}` : ''}`,
    )
    assert.equal(status, 200)
    seen.push(...body.external_organizations.map(({ id }: Listed) => id))
    cursor = body.next_cursor
  }
  assert.deepEqual(seen, ['A-2', 'a-1', 'b-1', 'x\\_'])
  for (const query of [
    '?search=%00',
    '?search=',
    `?cursor=${Buffer.from('["a\\u0000","b"]').toString('base64url')}`,
    '?cursor=x',
    '?gone=x',
    '?mapped=x',
  ]) {
    assert.equal((await given.send('GET', `/integrations/halo/external-organizations${query}`)).status, 400, query)
  }
})

test('each names the domains that its metadata has', async () => {
  await using given = await givenRun()
  await given.store([{ id: '1', name: 'Acme', metadata: { website: 'https://www.acme.example', contact: 'jo@gmail.com' } }])
  assert.deepEqual((await given.stored())[0].domains, ['acme.example'])
})

test('each says which organization is mapped to it, to those who may know', async () => {
  await using given = await givenRun()
  await given.store(numbered(2))
  const [acme, globex] = [await givenOrganization(given.db, 'Acme'), await givenOrganization(given.db, 'Globex')]
  const mapping = await createMapping(given.db, systemActing, acme.id, { integrationName: 'halo', externalOrgId: '1' })
  assert.deepEqual(
    (await given.stored()).map(({ mapped }: { mapped: unknown }) => mapped),
    [null, { org_id: acme.id, org_name: 'Acme', mapping_id: mapping.id }],
  )
  const ids = async (query: string) => (await given.stored(query)).map(({ id }: Listed) => id)
  assert.deepEqual([await ids('?mapped=true'), await ids('?mapped=false')], [['1'], ['0']])
  const own = await given.send('GET', `/integrations/halo/discover?wait=0&orgId=${globex.id}`)
  await storePages(given.db, await getExecution(given.db, { organizationId: globex.id }, own.body.execution_id), [numbered(2)])
  const asGlobex = await given.as(principalFor([globex], 'canManageConfig'))(
    'GET',
    `/integrations/halo/external-organizations?orgId=${globex.id}`,
  )
  assert.deepEqual(
    asGlobex.body.external_organizations.map(({ mapped }: { mapped: unknown }) => mapped),
    [null, null],
  )
  const unmapped = await given.as(principalFor([globex], 'canManageConfig'))(
    'GET',
    `/integrations/halo/external-organizations?mapped=false&orgId=${globex.id}`,
  )
  assert.equal(unmapped.body.count, 2, 'who may not know of a holder does not learn of it this way')
})

test('a discovery that another worker took over stores nothing more and opens no run', async () => {
  await using given = await givenRun()
  const fenced = { ...given.db, fence: sql`select where false` }
  const isFencedOff = (error: unknown) => error instanceof FencedOff
  await assert.rejects(storePages(fenced, given.execution, [numbered(1)]), isFencedOff)
  assert.deepEqual(await given.stored(), [])
  const runs = () => readInScope(given.db, 'allOrganizations', sql`select from discovery_runs`)
  assert.equal((await runs()).length, 1)
  await assert.rejects(
    ensureRun(fenced, { id: newId(), integrationName: 'other', owner: null, executionId: given.execution.id }),
    isFencedOff,
  )
  assert.equal((await runs()).length, 1)
})
