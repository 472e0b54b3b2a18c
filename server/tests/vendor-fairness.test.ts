import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'

// Two worker processes and a vendor that counts in fixed windows: a large customer, a small one and a person want it at the same time, and
// the database is away for a while.

const limit = { requests: 20, perMs: 1_000 }
const calls = { Large: 160, Small: 8 }
const outageMs = 1_500

const workflows = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

const limits = [{ requests: ${limit.requests}, perMs: ${limit.perMs}, window: 'fixed', share: 1 }]
const counts = ${JSON.stringify(calls)}

export const asks = workflow({ name: 'asks', description: 'Asks.', parameters: z.object({ baseUrl: z.string() }) }, async (ctx, { baseUrl }) => {
  const http = ctx.http({ baseUrl, limits, retry: { maxAttempts: 1 } })
  const statuses = await Promise.all(
    Array.from({ length: counts[ctx.org.name] ?? 1 }, async () => (await http.fetch('/' + ctx.org.name)).status),
  )
  return statuses.filter((status) => status !== 200).length
})
`

const arrivals: { at: number; who: string }[] = []
const vendor = createServer((request, response) => {
  const at = Date.now()
  const window = Math.floor(at / limit.perMs)
  let counted = 0
  for (let index = arrivals.length - 1; index >= 0 && Math.floor((arrivals[index]?.at ?? 0) / limit.perMs) === window; index--) counted++
  arrivals.push({ at, who: (request.url ?? '').slice(1) })
  response.writeHead(counted >= limit.requests ? 429 : 200).end('{}')
})

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let processes: TestProcesses

before(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  workspace = await temporaryWorkspace({ 'workflows/asks.ts': workflows })
  processes = await startProcesses(workspace.path)
  await Promise.all([processes.startWorker(), processes.startWorker()])
})
after(async () => {
  await processes?.[Symbol.asyncDispose]()
  await workspace?.[Symbol.asyncDispose]()
  vendor.closeAllConnections()
  vendor.close()
})

const indexesOf = (who: string) => arrivals.flatMap((arrival, index) => (arrival.who === who ? [index] : []))

/** Nobody reaches the database, and who had is cut off. */
async function takeDatabaseAway(): Promise<void> {
  const url = new URL(processes.databaseUrl)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(`alter database "${name}" allow_connections false`)
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    await delay(outageMs)
  } finally {
    await client.query(`alter database "${name}" allow_connections true`)
    await client.end()
  }
}

test('a large customer leaves a small one and a person their turn, within the window of the vendor, also while the database is away', async (context) => {
  const parameters = { baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` }
  // Its runner is there when the person clicks: what is measured is the line at the vendor.
  await processes.ended(await processes.execute('asks', parameters))
  const make = async (name: string) => (await processes.call<{ id: string }>('POST', '/organizations', { name })).body.id
  const organizations = [await make('Large'), await make('Small')]
  type Batch = { batch_id: string; status: string; counts: Record<string, number> }
  const begun = await processes.call<Batch>('POST', '/workflows/execute', { workflow_name: 'asks', parameters, organizations }, true)
  assert.equal(begun.status, 202, JSON.stringify(begun.body))
  await until('both ask', () => indexesOf('Large').length > 0 && indexesOf('Small').length > 0)
  // Of the organization that stands for itself: one call.
  const click = await processes.execute('asks', parameters)
  await until('the person has an answer', () => indexesOf('Acme').length > 1)
  assert.ok(indexesOf('Large').length < calls.Large, 'the batch waits still')
  await takeDatabaseAway()
  const batch = await until('the batch has ended', async () => {
    const { status, body } = await processes.call<Batch>('GET', `/batches/${begun.body.batch_id}`)
    return status === 200 && body.status === 'finished' && body
  })
  assert.equal(batch.counts.success, 2, JSON.stringify(batch.counts))
  const { result } = await processes.ended(click)
  assert.equal(result, 0)
  type Exchanges = { exchanges: { waited_ms: number }[] }
  const [exchange] = (await processes.call<Exchanges>('GET', `/executions/${click}/exchanges`)).body.exchanges
  assert.ok(exchange && exchange.waited_ms <= 5_000, `the person waited ${exchange?.waited_ms} ms`)
  const small = indexesOf('Small')
  const between = indexesOf('Large').filter((index) => index > (small[0] ?? 0) && index < (small.at(-1) ?? 0)).length
  assert.ok(between <= 4 * calls.Small, `${between} calls of the large customer came before the last of ${calls.Small}`)
  context.diagnostic(
    `the person waited ${exchange.waited_ms} ms; ${between} calls of the large customer among ${calls.Small} of the small one`,
  )
  const windows = [...Map.groupBy(arrivals, ({ at }) => Math.floor(at / limit.perMs)).values()]
  const tooMany = windows.reduce((sum, window) => sum + Math.max(0, window.length - limit.requests), 0)
  // A call that is on its way for longer than a second, on a machine that is too busy, comes to a window that it was not counted in.
  assert.ok(tooMany <= 2, String(windows.map((window) => window.length)))
  assert.deepEqual([indexesOf('Large').length, small.length], [calls.Large, calls.Small], 'nothing is sent twice')
})
