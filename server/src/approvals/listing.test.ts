import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenHeld } from '../../testing/given-executions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenPeople, type TestBrowser } from '../../testing/given-people.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import type { Approvers } from './approval.ts'

let api: Awaited<ReturnType<typeof givenPeople>>
before(async () => {
  api = await givenPeople()
})
after(() => api[Symbol.asyncDispose]())

/** Approvals that an execution of an organization asks. */
async function givenAsking(organizationId: string) {
  const { executionId } = await givenHeld(api.db, organizationId, 'worker')
  let count = 0
  return async (title: string, approvers: Partial<Approvers> | null, more: { count?: number; status?: 'open' | 'approved' } = {}) => {
    const { count: wanted = 1, status = 'open' } = more
    const ids = Array.from({ length: wanted }, () => newId())
    const steps = ids.map(() => `step ${count++}`)
    const asked = approvers && JSON.stringify({ people: [], roles: [], customer: false, ...approvers })
    await readInScope(
      api.db,
      'allOrganizations',
      sql`
      insert into approvals (id, organization_id, execution_id, workflow_name, step_key, title, details, approvers, may_requester, requested_by,
        requester_type, requester_id, status, expires_at, decided_at)
      select id, ${organizationId}, ${executionId}, 'any', step, ${title}, '{"of":"it"}', ${asked}::jsonb, false, '{"type":"system","id":"x","name":"x"}',
        'system', 'x', ${status}, now() + interval '1 hour', case when ${status} = 'open' then null else now() end
      from unnest(${ids}::uuid[], ${steps}::text[]) as asked (id, step)`,
    )
  }
}

type Listed = { title: string; details: unknown; you_may: string; status: string }
type Page = { approvals: Listed[]; count: number; next_cursor: string | null }
async function pageOf(browser: TestBrowser, query: string): Promise<Page> {
  const { status, body } = await browser.call('GET', `/approvals?${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
/** Of all pages. */
async function titlesOf(browser: TestBrowser, query: string): Promise<string[]> {
  const titles: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page = await pageOf(browser, `${query}${cursor && `&cursor=${cursor}`}`)
    titles.push(...page.approvals.map(({ title }) => title))
    cursor = page.next_cursor
  }
  return titles
}

test('one page looks at so many and no more, and the pages together have all', async () => {
  const { id } = await givenOrganization(api.db, 'Many')
  const ask = await givenAsking(id)
  const { browser } = await api.join('Ben', [{ role: 'technician', reach: { organizations: [id] } }])
  await ask('first', null)
  await ask('of the customer', { customer: true }, { count: 2_100 })
  await ask('last', null)
  const query = `for_me=true&org_id=${id}&limit=2`
  const first = await pageOf(browser, query)
  assert.deepEqual([first.approvals.map(({ title }) => title), first.approvals[0]?.details], [['last'], { of: 'it' }])
  assert.ok(first.next_cursor)
  const second = await pageOf(browser, `${query}&cursor=${first.next_cursor}`)
  assert.deepEqual([second.count, second.next_cursor === null], [0, false])
  const third = await pageOf(browser, `${query}&cursor=${second.next_cursor}`)
  assert.deepEqual([third.approvals.map(({ title }) => title), third.next_cursor], [['first'], null])
  const all = await titlesOf(browser, `org_id=${id}&limit=200`)
  assert.equal(all.length, 2_102)
})

test('what asks others is left out by the database: a customer’s user finds theirs on the first page', async () => {
  const { id } = await givenOrganization(api.db, 'Quiet')
  const ask = await givenAsking(id)
  const { browser } = await api.join('Cus', [{ role: 'customer_user', reach: { organizations: [id] }, workflows: ['any'] }])
  await ask('theirs', { customer: true })
  await ask('theirs by name', { people: ['cus@msp.example'] }, { status: 'approved' })
  await ask('of a role', { roles: ['engineer'] }, { count: 1_100 })
  await ask('of others', { people: ['somebody@msp.example'] }, { count: 1_100 })
  const page = await pageOf(browser, 'limit=10')
  assert.deepEqual([page.approvals.map(({ title }) => title), page.next_cursor], [['theirs by name', 'theirs'], null])
})

test('what you may decide is open, and is what the rule says of each', async () => {
  const { id } = await givenOrganization(api.db, 'Rule')
  const ask = await givenAsking(id)
  for (const status of ['open', 'approved'] as const) {
    await ask(`${status} nobody`, null, { status })
    await ask(`${status} customer`, { customer: true }, { status })
    await ask(`${status} technician`, { roles: ['technician', 'engineer'] }, { status })
    await ask(`${status} customer role`, { roles: ['customer_user'] }, { status })
    await ask(`${status} person`, { people: ['tess@msp.example', 'kim@msp.example'] }, { status })
    await ask(`${status} any`, { people: ['nobody@msp.example'], roles: ['engineer'], customer: true }, { status })
  }
  const reach = { organizations: [id] }
  for (const [name, grant] of [
    ['Tess', { role: 'technician', reach }],
    ['Eddi', { role: 'engineer', reach: { all: true } }],
    ['Adam', { role: 'administrator', reach: { all: true } }],
    ['Kim', { role: 'customer_user', reach, workflows: ['any'] }],
    ['Lou', { role: 'customer_user', reach }],
    ['Max', { role: 'technician', reach, workflows: ['any'] }],
  ] as const) {
    const { browser } = await api.join(name, [grant])
    const seen = await pageOf(browser, `org_id=${id}`)
    const may = seen.approvals.filter(({ you_may, status }) => you_may === 'decide' && status === 'open').map(({ title }) => title)
    assert.deepEqual(await titlesOf(browser, `org_id=${id}&for_me=true`), may, name)
    assert.deepEqual(await titlesOf(browser, `org_id=${id}&for_me=true&state=open`), may, name)
    assert.deepEqual(await titlesOf(browser, `org_id=${id}&for_me=true&state=decided`), [], name)
    assert.ok(may.length > 0, name)
  }
})
