import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { createTestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const organizations = 500
/** Of each so many the vendor refuses one: 3 %. */
const refusesEach = 33

/** A vendor that does each thing once, as long as it is told by the same key that it is the same. */
async function startVendor(refused: ReadonlySet<string>) {
  const effects = new Map<string, Set<string>>()
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://vendor')
    const organization = searchParams.get('organization') ?? ''
    setTimeout(() => {
      if (refused.has(organization)) {
        response.writeHead(422).end()
        return
      }
      const keys = effects.get(organization) ?? new Set()
      effects.set(organization, keys.add(searchParams.get('key') ?? ''))
      response.end('visited')
    }, 20)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    effects,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('a batch of 500 organizations outlives a worker: each is done once, and the 3 % that fail are told of and tried again', async () => {
  await using app = await createTestApp()
  const rows = await readInScope<{ id: string }>(
    app.db,
    'allOrganizations',
    sql`insert into organizations (id, name) select gen_random_uuid(), 'Organization ' || n from generate_series(1, ${organizations}::int) n returning id`,
  )
  const refused = new Set(rows.filter((_, index) => index % refusesEach === 0).map(({ id }) => id))
  using vendor = await startVendor(refused)
  const send = async (method: 'GET' | 'POST', url: string, body?: object) => {
    const answer = await app.app.inject({
      method,
      url: `/api${url}`,
      headers: { authorization: `Bearer ${testAdminKey}` },
      ...(body ? { payload: body } : {}),
    })
    assert.ok(answer.statusCode < 300, answer.body)
    return answer.json()
  }
  // Long enough that a busy machine does not keep the surviving worker from renewing its lease.
  const start = () => startWorkerProcess(app.databaseUrl, { env: { CROSSWALK_TAKEOVER_SECONDS: '8', CROSSWALK_RUNNER_SHARING: 'trusted' } })
  const [first, second] = [await start(), await start()]
  try {
    const { batch_id: id, total } = await send('POST', '/workflows/execute', {
      workflow_name: 'visits_vendor',
      organizations: 'all',
      parameters: { url: vendor.url },
    })
    assert.equal(total, organizations)
    await until('a part of it is done', async () => (await send('GET', `/batches/${id}`)).done > 100)
    await endProcess(first, 'SIGKILL')
    const ended = await until(
      'it is finished',
      async () => {
        const batch = await send('GET', `/batches/${id}`)
        return batch.status === 'finished' && batch
      },
      80_000,
    )
    assert.deepEqual([ended.counts.success, ended.counts.failed, ended.done], [organizations - refused.size, refused.size, organizations])
    assert.equal(vendor.effects.size, organizations - refused.size)
    assert.ok(
      [...vendor.effects.values()].every((keys) => keys.size === 1),
      'no organization was visited as if for the first time again',
    )
    const failed = await send('GET', `/batches/${id}/executions?status=failed&limit=200`)
    assert.deepEqual(new Set(failed.executions.map((item: { org_id: string }) => item.org_id)), refused)

    refused.clear()
    await send('POST', `/batches/${id}/retry-failed`)
    await until('all have succeeded', async () => (await send('GET', `/batches/${id}`)).counts.success === organizations)
    assert.ok([...vendor.effects.values()].every((keys) => keys.size === 1))
    const [count] = await readInScope<{ executions: number }>(
      app.db,
      'allOrganizations',
      sql`select count(*)::int as executions from executions where batch_id = ${id}`,
    )
    assert.equal(count?.executions, organizations + failed.count)
  } finally {
    await endProcess(first, 'SIGKILL')
    await endProcess(second, 'SIGTERM')
  }
})
