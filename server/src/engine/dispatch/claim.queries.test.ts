import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { workflowDefinition } from '../../../testing/given-definitions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { systemActing } from '../../audit/audit.ts'
import { publishDefinitions } from '../../definitions/definitions.ts'
import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import { submitAlone } from '../state/executions.ts'
import { type Claimed, claimHeard, claimLeft, claimPending, firstTurn } from './claim.queries.ts'
import type { ClaimLimits, Turn } from './claim-statement.queries.ts'

const roomy: ClaimLimits = {
  free: 10,
  freeForBackground: 10,
  ofOrganization: 100,
  ofOrganizationForBackground: 100,
  perOrganization: null,
  overall: null,
}

type Given = {
  db: Database
  organizations: string[]
  submit(organization: number, name?: string, isInteractive?: boolean): Promise<string>
}

async function givenOrganizations(count: number): Promise<Given & AsyncDisposable> {
  const db = await givenDatabase()
  const organizations: string[] = []
  for (let index = 0; index < count; index++) organizations.push((await givenOrganization(db, `Organization ${index}`)).id)
  return {
    db,
    organizations,
    async submit(organization, name = 'work', isInteractive = false) {
      const organizationId = organizations[organization] ?? null
      const { id } = await submitAlone(db, {
        organizationId,
        kind: organizationId === null ? 'discovery' : 'workflow',
        name,
        input: {},
        timeoutMs: 1_000,
        acting: systemActing,
        isInteractive,
      })
      return id
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}

const claim = (
  db: Database,
  limits: Partial<ClaimLimits> = {},
  more: { workerId?: string; turn?: Turn; isLimited?: boolean } = {},
): Promise<Claimed> =>
  claimPending(db, { workerId: 'worker', codeVersion: 'v1', turn: firstTurn, isLimited: true, ...more, limits: { ...roomy, ...limits } })

const organizationsOf = (given: Given, { rows }: Claimed) =>
  rows.map((row) => (row.organization_id === null ? -1 : given.organizations.indexOf(row.organization_id))).sort()

test('free places are shared between the organizations that wait, oldest first in each', async () => {
  await using given = await givenOrganizations(3)
  const first = await given.submit(0)
  for (let index = 0; index < 8; index++) await given.submit(0)
  for (const organization of [1, 1, 2]) await given.submit(organization)
  const claimed = await claim(given.db, { free: 5, freeForBackground: 5 })
  assert.deepEqual(organizationsOf(given, claimed), [0, 0, 1, 1, 2])
  assert.ok(claimed.rows.some((row) => row.id === first && row.organization?.name === 'Organization 0' && row.code_version === 'v1'))
})

test('an organization that has fewer running comes first', async () => {
  await using given = await givenOrganizations(2)
  for (let index = 0; index < 3; index++) await given.submit(0)
  await claim(given.db, { free: 2, freeForBackground: 2 })
  for (let index = 0; index < 3; index++) await given.submit(1)
  assert.deepEqual(organizationsOf(given, await claim(given.db, { free: 2, freeForBackground: 2 })), [1, 1])
})

test('interactive executions go first, and may use the places that background ones leave', async () => {
  await using given = await givenOrganizations(2)
  for (let index = 0; index < 4; index++) await given.submit(0)
  const interactive = await given.submit(1, 'work', true)
  const alone = await claim(given.db, { free: 2, freeForBackground: 0 })
  assert.deepEqual(
    alone.rows.map((row) => row.id),
    [interactive],
  )
})

test('what belongs to no organization is taken as well', async () => {
  await using given = await givenOrganizations(0)
  await given.submit(0, 'halopsa', true)
  assert.deepEqual(organizationsOf(given, await claim(given.db)), [-1])
})

test('one organization takes no more than its share of a worker', async () => {
  await using given = await givenOrganizations(1)
  for (let index = 0; index < 9; index++) await given.submit(0)
  for (let index = 0; index < 9; index++) await given.submit(0, 'work', true)
  const shares = { ofOrganization: 7, ofOrganizationForBackground: 4 }
  const first = await claim(given.db, shares)
  assert.equal(first.rows.length, 7)
  assert.equal((await claim(given.db, shares)).rows.length, 0)
  const another = await claim(given.db, shares, { workerId: 'another' })
  assert.deepEqual(another.rows.map((row) => row.priority).sort(), [1, 1, 10, 10, 10, 10], 'another worker has a share of its own')
})

test('limits over all workers hold for a workflow, an organization and all, and what is over them holds nothing up', async () => {
  await using given = await givenOrganizations(3)
  const concurrency = { perOrganization: 1, total: 2 }
  await publishDefinitions(given.db, { definitions: [workflowDefinition('narrow', { concurrency })], problems: [], codeVersion: 'v1' })
  for (const organization of [0, 1, 2]) for (let index = 0; index < 3; index++) await given.submit(organization, 'narrow')
  await given.submit(0, 'wide')
  const first = await claim(given.db)
  assert.deepEqual(first.rows.map((row) => row.name).sort(), ['narrow', 'narrow', 'wide'])
  assert.equal(new Set(first.rows.filter((row) => row.name === 'narrow').map((row) => row.organization_id)).size, 2)
  assert.equal((await claim(given.db, {}, { workerId: 'another' })).rows.length, 0)
  for (let index = 0; index < 5; index++) await given.submit(1, 'wide')
  assert.equal((await claim(given.db, { perOrganization: 3 })).rows.length, 2, 'the organization has one running')
  assert.equal((await claim(given.db, { overall: 6 })).rows.length, 1, 'five are running in all')
})

test('simultaneous claims take each execution once, and keep to a limit together', async () => {
  await using given = await givenOrganizations(4)
  await publishDefinitions(given.db, {
    definitions: [workflowDefinition('narrow', { concurrency: { perOrganization: null, total: 3 } })],
    problems: [],
    codeVersion: 'v1',
  })
  for (const organization of [0, 1, 2, 3]) for (let index = 0; index < 5; index++) await given.submit(organization, 'narrow')
  const narrow = await Promise.all(Array.from({ length: 6 }, (_, index) => claim(given.db, { free: 1 }, { workerId: `worker ${index}` })))
  assert.equal(narrow.flatMap(({ rows }) => rows).length, 3)
  const ids: string[] = []
  for (let index = 0; index < 20; index++) ids.push(await given.submit(index % 4, 'wide'))
  const taken: string[] = []
  const takeAll = async (workerId: string) => {
    for (;;) {
      const { rows, mayHaveMore } = await claim(given.db, { free: 2, freeForBackground: 2 }, { workerId, isLimited: false })
      taken.push(...rows.map((row) => row.id))
      if (rows.length === 0 && !mayHaveMore) return
    }
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(takeAll))
  assert.deepEqual(taken.toSorted(), ids.toSorted())
})

test('with more lines than one claim looks at, all have their turn', async () => {
  await using given = await givenOrganizations(1)
  for (let index = 0; index < 80; index++) await given.submit(0, `work_${index}`)
  let turn = firstTurn
  const names = new Set<string>()
  for (let index = 0; index < 80; index++) {
    const claimed = await claim(given.db, { free: 1, freeForBackground: 1 }, { turn })
    for (const row of claimed.rows) names.add(row.name)
    turn = claimed.turn
  }
  assert.equal(names.size, 80)
})

test('lines at a limit are passed by, however many there are', async () => {
  await using given = await givenOrganizations(2)
  for (let index = 0; index < 60; index++) await given.submit(0, `work_${index}`)
  const alone = await given.submit(1)
  const limits = { free: 1, freeForBackground: 1, ofOrganizationForBackground: 1 }
  const taken = [await claim(given.db, limits), await claim(given.db, limits), await claim(given.db, limits)]
  assert.deepEqual(
    taken.map(({ rows }) => rows.length),
    [1, 1, 0],
  )
  assert.ok(taken.some(({ rows }) => rows[0]?.id === alone))
})

test('what was heard of is taken by its id, once, and only while it waits', async () => {
  await using given = await givenOrganizations(1)
  const id = await given.submit(0)
  const ids = [id, given.organizations[0] as string]
  const claims = await Promise.all(['a', 'b', 'c'].map((workerId) => claimHeard(given.db, { workerId, codeVersion: 'v1', ids })))
  assert.deepEqual(claims.map((rows) => rows.length).sort(), [0, 0, 1])
  const [row] = await readInScope<{ status: string; code_version: string }>(
    given.db,
    'allOrganizations',
    sql`select status, code_version from executions where id = ${id}`,
  )
  assert.deepEqual(row, { status: 'running', code_version: 'v1' })
})

test('what a worker left keeps its place in every limit until it continues, and continues whatever the limits are', async () => {
  await using given = await givenOrganizations(2)
  const { db } = given
  await publishDefinitions(db, {
    definitions: [workflowDefinition('alone', { concurrency: { perOrganization: 1, total: null } })],
    problems: [],
    codeVersion: 'test',
  })
  const left = await given.submit(0, 'alone')
  await readInScope(db, 'allOrganizations', sql`update executions set claim = 1 where id = ${left}`)
  await given.submit(0, 'alone')
  const other = await given.submit(1, 'alone')
  assert.deepEqual(
    (await claim(db)).rows.map(({ id }) => id),
    [other],
  )
  const take = () => claimLeft(db, { workerId: 'worker', codeVersion: 'v1', limit: 4 })
  assert.deepEqual(
    (await take()).map((row) => [row.id, row.claim]),
    [[left, 2]],
  )
  assert.deepEqual(await take(), [])
  assert.deepEqual((await claim(db)).rows, [])
})
