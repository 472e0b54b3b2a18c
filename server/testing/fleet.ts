import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { ExecutionRow } from '../src/engine/state/executions.queries.ts'
import { loopback } from '../src/platform/egress-rules.ts'
import { type CountingVendor, startCountingVendor } from './counting-vendor.ts'
import { Immortal } from './immortal.ts'
import { workerDataDir } from './runner-cache.ts'
import { testAdminKey, testMasterKey } from './test-app.ts'
import { testWorkspace } from './test-worker.ts'
import { until } from './until.ts'

/** An execution that an API has answered for. `ledger`: it wrote in our own tables so often, and did nothing outside. */
export type Accepted = { id: string } & ({ kind: 'steps'; chains: number; length: number } | { kind: 'ledger'; length: number })

export type Answer = { status: number; retryAfter: string | null; body: Record<string, unknown> }

/** Real processes on one database, a vendor, and a caller who asks them for much. */
export type Fleet = {
  workers: Immortal[]
  apis: Immortal[]
  vendor: CountingVendor
  organizationId: string
  /** Starts another process. */
  add(command: 'worker' | 'api'): Immortal
  /** Asks one API once. Undefined where it is gone, or dies on the way. */
  ask(
    api: Immortal | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer | undefined>
  /** Asks any API until one answers and is not ailing, as a caller with an idempotency key may. */
  insist(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Asks for executions at a steady rate until told to stop, and keeps what was accepted. */
  load(options: { pauseMs: () => number; isOver: () => boolean; accepted: Accepted[]; onRefused?: (answer: Answer) => void }): Promise<void>
  /** Waits until nothing waits or runs any more. */
  settle(withinMs: number): Promise<void>
  /** Holds an execution to everything that is promised of one that was accepted. */
  assertWhole(accepted: Accepted, shown: string): Promise<ExecutionRow>
  /** Reads across all organizations. */
  rowsOf<Row>(statement: string): Promise<Row[]>
} & AsyncDisposable

/** A caller who is refused for longer has found a fault. */
const maxInsistMs = 120_000
/** Of all of them, on a machine that others keep busy. */
const maxStartMs = 180_000

type Line = { sequence: number; message: string; is_from_author: boolean }

export async function startFleet(options: {
  databaseUrl: string
  workers: number
  apis: number
  takeoverSeconds: number
  random: () => number
  logLevel?: string
  vendorDelayMs?: number
  /** Executions of all organizations may share a process: where hundreds of organizations are to be quick. Default: no. */
  sharesRunners?: boolean
}): Promise<Fleet> {
  const { databaseUrl, random } = options
  // Where they do not start: processes that are started again for ever would keep the test from its end.
  await using parts = new AsyncDisposableStack()
  const admin = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 5_000 })
  parts.defer(() => admin.end())
  admin.on('error', () => {})
  const vendor = await startCountingVendor(options.vendorDelayMs ?? 5)
  parts.defer(() => vendor.close())
  const env = {
    PATH: process.env.PATH,
    // The code as it was compiled before: a third less work for each start.
    ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
    DATABASE_URL: databaseUrl,
    CROSSWALK_MASTER_KEY: testMasterKey,
    CROSSWALK_ADMIN_API_KEY: testAdminKey,
    CROSSWALK_WORKSPACE: testWorkspace,
    CROSSWALK_INTEGRATIONS: 'none',
    CROSSWALK_TAKEOVER_SECONDS: String(options.takeoverSeconds),
    CROSSWALK_LOG_LEVEL: process.env.CROSSWALK_LOG_LEVEL ?? options.logLevel ?? 'error',
    CROSSWALK_PORT: '0',
    // A busy machine is no fault.
    CROSSWALK_OVERLOADED_AFTER_MS: '0',
    CROSSWALK_DATA_DIR: workerDataDir(),
    CROSSWALK_EGRESS_ALLOW: loopback,
    CROSSWALK_RUNNER_SHARING: options.sharesRunners ? 'trusted' : 'organization',
  }
  const workers = Array.from({ length: options.workers }, () => new Immortal(['worker'], env))
  const apis = Array.from({ length: options.apis }, () => new Immortal(['api'], env))
  const all = [...workers, ...apis]
  parts.defer(async () => void (await Promise.all(all.map((one) => one.end()))))
  await until('all processes are ready', () => all.every(({ url }) => url), maxStartMs).catch((error: Error) => {
    throw new Error(`${error.message}\n${all.map(({ output }) => output).join('\n')}`)
  })

  const ask: Fleet['ask'] = async (api, method, path, body, headers = {}) => {
    if (!api?.url) return undefined
    try {
      const response = await fetch(`${api.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000 + 1_000 * Number(/wait=(\d+)/.exec(path)?.[1] ?? 0)),
      })
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: (await response.json()) as Record<string, unknown>,
      }
    } catch {
      // It died on the way: what was asked for may have been accepted or not.
      return undefined
    }
  }

  async function insist(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    onRefused?: (answer: Answer) => void,
  ) {
    const startedAt = Date.now()
    for (;;) {
      const answer = await ask(apis[Math.floor(random() * apis.length)], method, path, body, headers)
      if (answer && answer.status < 500) return answer
      if (answer) onRefused?.(answer)
      if (Date.now() - startedAt > maxInsistMs)
        throw new Error(
          `${method} ${path} was not answered for ${maxInsistMs} ms: ${answer ? `${answer.status} ${JSON.stringify(answer.body)}` : 'nobody is there'}`,
        )
      await delay(50)
    }
  }

  const organizationId = String((await insist('POST', '/api/organizations', { name: 'Acme' })).body.id)
  const acting = { 'x-organization-id': organizationId }
  const mapping = await insist('POST', `/api/organizations/${organizationId}/integrations`, {
    integration_name: 'counting',
    external_org_id: 'ledger',
    external_org_name: 'Ledger',
  })
  const mappingId = String(mapping.body.id)

  async function rowsOf<Row>(statement: string): Promise<Row[]> {
    const results = (await admin.query(`begin; set local crosswalk.scope = 'all'; ${statement}; commit`)) as unknown as { rows: Row[] }[]
    return results[2]?.rows ?? []
  }

  async function assertSteps({ id, chains, length }: { id: string; chains: number; length: number }, row: ExecutionRow, shown: string) {
    assert.deepEqual(
      row.result,
      Array.from({ length: chains }, (_, chain) => chain * 1_000 * length + (length * (length - 1)) / 2),
      `${shown}: the results of its steps are mixed up`,
    )
    // A call that was cut off may arrive twice, but always under one key: the vendor does it once.
    const effects = vendor.effectsOf(id)
    assert.equal(effects.size, chains * length, `${shown}: ${effects.size} effects instead of ${chains * length}`)
    for (const [effect, keys] of effects) assert.equal(keys.size, 1, `${shown}: ${effect} came under ${keys.size} idempotency keys`)
  }

  /** Each change is there with its audit row. One that was cut off may be there twice; none comes again once a later one was made. */
  async function assertLedger({ id, length }: { id: string; length: number }, row: ExecutionRow, shown: string) {
    assert.equal(row.result, length, `${shown}: its result is another one`)
    const rows = await rowsOf<{ index: number }>(`
      select (changes -> 'mapping_data' -> 'after' ->> 'index')::int as index from audit_events
      where actor_id = '${id}' and action = 'integration_mapping.updated' order by at, id`)
    const written = rows.map(({ index }) => index)
    const inOrder = [...written].sort((left, right) => left - right)
    assert.deepEqual(written, inOrder, `${shown}: a change was made again after later ones`)
    assert.deepEqual(
      [...new Set(written)],
      Array.from({ length }, (_, index) => index),
      `${shown}: changes are missing`,
    )
  }

  const held = parts.move()
  return {
    workers,
    apis,
    vendor,
    organizationId,
    ask,
    add(command) {
      const added = new Immortal([command], env)
      all.push(added)
      return added
    },
    insist: (method, path, body, headers) => insist(method, path, body, headers),
    rowsOf,
    async load({ pauseMs, isOver, accepted, onRefused }) {
      for (let number = 0; !isOver(); number++) {
        const isLedger = random() < 0.25
        const chains = 1 + Math.floor(random() * 3)
        const length = 3 + Math.floor(random() * 20)
        const order = isLedger
          ? { workflow_name: 'keeps_ledger', parameters: { length, mappingId } }
          : { workflow_name: 'many_steps', parameters: { chains, length, url: vendor.url } }
        const answer = await insist(
          'POST',
          '/api/workflows/execute?wait=0',
          { ...order, idempotency_key: `load-${number}-${random()}` },
          acting,
          onRefused,
        )
        if (answer.status >= 400) throw new Error(`The load was refused: ${JSON.stringify(answer.body)}`)
        const id = String(answer.body.execution_id)
        accepted.push(isLedger ? { id, kind: 'ledger', length } : { id, kind: 'steps', chains, length })
        await delay(pauseMs())
      }
    },
    async settle(withinMs) {
      const open = () =>
        rowsOf<{ id: string; status: string; claim: number; worker_id: string | null }>(
          `select id, status, claim, worker_id from executions where status in ('pending', 'running', 'waiting', 'cancelling') limit 10`,
        )
      await until('every execution has ended', async () => (await open()).length === 0, withinMs).catch(async (error: Error) => {
        const leases = await rowsOf('select id, expires_at - now() as left from worker_leases')
        throw new Error(`${error.message}\n${JSON.stringify({ open: await open(), leases }, null, 1)}`)
      })
    },
    async assertWhole(accepted, prefix) {
      const shown = `${prefix}execution ${accepted.id}`
      const [row] = await rowsOf<ExecutionRow>(`select * from executions where id = '${accepted.id}'`)
      assert.ok(row, `${shown}: it was accepted and is gone`)
      assert.equal(row.status, 'success', `${shown}: ${row.status} ${JSON.stringify(row.error)}`)
      const count = accepted.kind === 'steps' ? accepted.chains * accepted.length : accepted.length
      if (accepted.kind === 'steps') await assertSteps(accepted, row, shown)
      else await assertLedger(accepted, row, shown)
      const lines = await rowsOf<Line>(
        `select sequence, message, is_from_author from execution_logs where execution_id = '${accepted.id}' order by sequence`,
      )
      assert.deepEqual(
        lines.map(({ sequence }) => sequence),
        lines.map((_, index) => index),
        `${shown}: the log has gaps`,
      )
      const fromAuthor = lines.filter((line) => line.is_from_author).map(({ message }) => message)
      assert.equal(new Set(fromAuthor).size, count, `${shown}: lines are missing`)
      assert.equal(fromAuthor.length, count, `${shown}: lines are doubled`)
      return row
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
