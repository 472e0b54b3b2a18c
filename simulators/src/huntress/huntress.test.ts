import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HuntressOptions, startHuntressSimulator } from './huntress.ts'

type Answer = {
  organizations?: { id: number; name: string }[]
  agents?: { organization_id: number }[]
  pagination?: { next_page_token?: string }
}

async function started(options: HuntressOptions = {}) {
  const vendor = await startHuntressSimulator(options)
  const ask = async (path: string, secret = vendor.apiSecret) => {
    const authorization = `Basic ${Buffer.from(`${vendor.apiKey}:${secret}`).toString('base64')}`
    const response = await fetch(`${vendor.url}/v1${path}`, { headers: { authorization } })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer & Record<string, unknown> }
  }
  const listed = async (query: string, between: () => void = () => undefined) => {
    const ids: number[] = []
    for (let token: string | undefined = ''; token !== undefined; ) {
      const { body } = await ask(`/organizations?${query}${token === '' ? '' : `&page_token=${token}`}`)
      ids.push(...(body.organizations ?? []).map(({ id }) => id))
      if (token === '') between()
      token = body.pagination?.next_page_token
    }
    return ids
  }
  return { vendor, ask, listed, [Symbol.asyncDispose]: vendor.stop }
}

test('wrong credentials are 401, and what the key may not see is 404 as if it did not exist', async () => {
  await using huntress = await started()
  assert.equal((await huntress.ask('/actor', 'wrong')).status, 401)
  assert.equal((await huntress.ask('/actor')).status, 200)
  const [first] = huntress.vendor.organizations.list()
  assert.equal((await huntress.ask(`/organizations/${first?.id}`)).status, 200)
  huntress.vendor.state.hidden.add(first?.id ?? 0)
  assert.equal((await huntress.ask(`/organizations/${first?.id}`)).status, 404)
  assert.equal((await huntress.ask('/organizations/1')).status, 404)
})

test('sorted by id upwards a list is whole although one was removed meanwhile; in the default order it is not', async () => {
  await using huntress = await started({ maxPageSize: 7, limits: [] })
  const all = huntress.vendor.organizations.list().map(({ id }) => id)
  const [first = 0] = all
  assert.deepEqual(
    await huntress.listed('limit=500&sort_field=id&sort_direction=asc', () => huntress.vendor.organizations.remove(first)),
    all,
  )
  const downwards = await huntress.listed('', () => huntress.vendor.organizations.remove(all.at(-1) ?? 0))
  assert.equal(downwards.length, all.length - 2, 'it skips one')
  assert.equal((await huntress.ask('/organizations')).body.organizations?.length, 7)
  assert.equal((await huntress.ask('/organizations?limit=501')).status, 400)
})

test('it counts sixty requests in any minute, for all together, and says nothing of when to come again', async () => {
  let nowMs = Date.parse('2026-11-28T09:00:00Z')
  await using huntress = await started({ now: () => new Date(nowMs) })
  for (let index = 0; index < 60; index += 1) assert.equal((await huntress.ask('/actor')).status, 200)
  const refused = await huntress.ask('/actor')
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, null])
  nowMs += 60_000
  assert.equal((await huntress.ask('/actor')).status, 200)
})

test('agents and incidents are of the organization that was asked for', async () => {
  await using huntress = await started()
  const [first] = huntress.vendor.organizations.list()
  const { body } = await huntress.ask(`/agents?organization_id=${first?.id}&limit=500`)
  assert.ok(body.agents?.every(({ organization_id }) => organization_id === first?.id))
  assert.equal(body.agents?.length, first?.agents_count)
})
