import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { until } from '../testing/until.ts'
import { endProcess } from '../testing/worker-process.ts'

// Workers that are killed in the middle of what they do for calls to a vendor. Another one takes over, and nothing is done twice.

const workspace = fileURLToPath(new URL('../testing/calling-workspace', import.meta.url))
const secret = 'refresh-0'
let processes: TestProcesses
let survivor: ChildProcess
let latest: ChildProcess
/** Requests that the vendor does not answer yet, and how many of a kind it leaves so. */
const held: { path: string; response: ServerResponse }[] = []
const holding = { tokens: 0, calls: 0 }
/** The refresh tokens that were presented, and those that were taken: each is good for one use. */
const presented: string[] = []
const taken: string[] = []
const good = new Set<string>()
/** Whether it takes the refresh token before the newest one, too. */
let isLenient = false
let served = 0

const vendor = createServer(async (request, response): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const fields = new URLSearchParams(Buffer.concat(chunks).toString())
  const path = request.url ?? ''
  const send = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (path === '/token') {
    const refresh = fields.get('refresh_token') ?? ''
    presented.push(refresh)
    if (holding.tokens-- > 0) return held.push({ path, response })
    const isBefore = isLenient && refresh === `refresh-${taken.length - 1}`
    if (refresh !== `refresh-${taken.length}` && !isBefore) return send(400, { error: 'invalid_grant' })
    taken.push(refresh)
    good.add(`access-${taken.length}`)
    return send(200, { access_token: `access-${taken.length}`, refresh_token: `refresh-${taken.length}`, expires_in: 3_600 })
  }
  if (path === '/held' && holding.calls-- > 0) return held.push({ path, response })
  if (!good.has(request.headers.authorization?.replace('Bearer ', '') ?? '')) return send(401, { error: 'invalid_token' })
  served++
  return send(200, { path })
})

before(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  processes = await startProcesses(workspace)
  await processes.call('POST', '/secrets', { key: 'free_secret', value: secret, scope: 'global' })
})
after(async () => {
  await processes?.[Symbol.asyncDispose]()
  vendor.closeAllConnections()
  vendor.close()
})

const execute = (path: string) =>
  processes.execute('calls', {
    options: {
      baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`,
      auth: { oauth2: { grant: 'refresh_token', tokenUrl: '/token', clientId: 'crosswalk', refreshToken: { secret: 'free_secret' } } },
      limits: [{ parallel: 1 }, { requests: 1_000, perMs: 60_000 }],
    },
    path,
  })
const isHeld = (path: string) => until(`the vendor has ${path}`, () => held.some((one) => one.path === path))

test('a worker that is killed while it renews a token leaves it to another one, and the refresh token is used once', async () => {
  const dying = await processes.startWorker()
  holding.tokens = 1
  const first = await execute('/users')
  await isHeld('/token')
  await endProcess(dying, 'SIGKILL')
  survivor = await processes.startWorker()
  const others = [await execute('/users'), await execute('/users')]
  // Its lease of ten seconds, without the wait for its end.
  await processes.rows(`update vendor_tokens set renewing_until = now() where renewer is not null`)
  for (const id of [first, ...others]) assert.equal((await processes.ended(id)).status, 'success')
  assert.deepEqual([presented, taken], [[secret, secret], [secret]])
})

test('a worker that is killed while it holds a place and budget has others wait for its lease, and no longer', async () => {
  holding.calls = 1
  const stopped = await execute('/held')
  await isHeld('/held')
  latest = await processes.startWorker()
  const before = served
  const waiting = [await execute('/users'), await execute('/users')]
  type Vendors = { vendors: { waiting: { people: number; background: number } }[] }
  await until('the others are seen to wait', async () => {
    const [{ waiting } = { waiting: { people: 0, background: 0 } }] = (await processes.call<Vendors>('GET', '/vendors')).body.vendors
    return waiting.people + waiting.background > 0
  })
  assert.equal(served, before, 'there is one place, and it is taken')
  await endProcess(survivor, 'SIGKILL')
  // Its lease of thirty seconds, without the wait for its end.
  await processes.rows(`update budget_workers set leased_until_ms = 0`)
  for (const id of [...waiting, stopped]) assert.equal((await processes.ended(id)).status, 'success')
  assert.equal(served, before + 3)
  assert.deepEqual(taken, [secret], 'no token is renewed for that')
})

type Blocking = { backends(): Promise<number[]> } & AsyncDisposable

/** Nobody stores a token while it lasts. */
async function blockStoring(): Promise<Blocking> {
  const client = new pg.Client({ connectionString: processes.databaseUrl, options: '-c crosswalk.scope=all' })
  await client.connect()
  await client.query('begin')
  await client.query('select from vendor_tokens for no key update')
  return {
    backends: async () =>
      (
        await processes.rows<{ pid: number }>(
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%sealed_value = %'`,
        )
      ).map(({ pid }) => pid),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** Has a worker killed that the vendor has answered, and that has not stored what it said. */
async function killBetweenAnswerAndCommit({ isSentOff }: { isSentOff: boolean }): Promise<string> {
  const dying = await processes.startWorker()
  held.length = 0
  await processes.rows(`update vendor_tokens set expires_at = now() - interval '1 minute'`)
  holding.tokens = 1
  const execution = await execute('/users')
  await isHeld('/token')
  await using blocking = await blockStoring()
  const [{ response } = assert.fail()] = held.splice(
    held.findIndex(({ path }) => path === '/token'),
    1,
  )
  taken.push(presented.at(-1) ?? '')
  good.add(`access-${taken.length}`)
  const answer = { access_token: `access-${taken.length}`, refresh_token: `refresh-${taken.length}`, expires_in: 3_600 }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  const [backend] = await until('it is about to be stored', async () => {
    const found = await blocking.backends()
    return found.length > 0 && found
  })
  await endProcess(dying, 'SIGKILL')
  // Its leases of executions and of budget, without the wait for their end.
  await processes.rows(`update worker_leases set expires_at = now()`)
  await processes.rows(`update budget_workers set leased_until_ms = 0`)
  if (!isSentOff) await processes.rows('select pg_terminate_backend($1)', [backend])
  return execution
}

const releaseLease = () => processes.rows(`update vendor_tokens set renewing_until = now() where renewer is not null`)

test('what a worker has sent to the database before it was killed is kept: the vendor is asked once', async () => {
  await endProcess(latest, 'SIGKILL')
  const before = presented.length
  const execution = await killBetweenAnswerAndCommit({ isSentOff: true })
  latest = await processes.startWorker()
  assert.equal((await processes.ended(execution)).status, 'success')
  assert.equal(presented.length, before + 1)
  await endProcess(latest, 'SIGKILL')
})

test('a worker that is killed with a new refresh token in its hands alone has the old one tried once, where the vendor takes it', async () => {
  isLenient = true
  const before = presented.length
  const execution = await killBetweenAnswerAndCommit({ isSentOff: false })
  await releaseLease()
  latest = await processes.startWorker()
  assert.equal((await processes.ended(execution)).status, 'success')
  assert.deepEqual(presented.slice(before), [presented[before], presented[before]])
  await endProcess(latest, 'SIGKILL')
})

test('where the vendor does not take it, the failure says what happened and what to do, and the vendor is not asked again', async () => {
  isLenient = false
  const before = presented.length
  const execution = await killBetweenAnswerAndCommit({ isSentOff: false })
  await releaseLease()
  latest = await processes.startWorker()
  for (const id of [execution, await execute('/users')]) {
    const { error } = await processes.ended(id)
    assert.partialDeepStrictEqual(error?.details, { kind: 'credentials', reason: 'renewal_lost', vendor_code: 'invalid_grant' })
    assert.match(error?.message ?? '', /was cut off around .* UTC.*Get a new refresh token from the vendor, and set its secret again\.$/)
  }
  assert.equal(presented.length, before + 2)
})
