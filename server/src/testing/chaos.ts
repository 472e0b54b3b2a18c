import { type ChildProcess, fork } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { ExecutionRow } from '../executions/executions.queries.ts'
import { type Execution, executionOf, hasEnded } from '../executions/executions.ts'
import { testAdminKey, testMasterKey } from './test-app.ts'
import { createTestDatabase } from './test-database.ts'
import { testWorkspace } from './test-worker.ts'
import { until } from './until.ts'

export type Accepted = { id: string; chains: number; length: number }
type Line = { sequence: number; message: string; is_from_author: boolean }

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const workerCount = 3
const apiCount = 2

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A process that is started again whenever it ends. */
class Immortal {
  readonly #args: string[]
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #isOver = false
  url: string | undefined

  constructor(args: string[], env: NodeJS.ProcessEnv) {
    this.#args = args
    this.#env = env
    this.#start()
  }

  #start(): void {
    const child = fork(main, this.#args, { env: this.#env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child = child
    child.on('message', (message) => {
      const told = message as { type: string; url?: string }
      if (told.type === 'ready') this.url = told.url ?? 'ready'
    })
    child.once('exit', () => {
      this.url = undefined
      if (!this.#isOver) setTimeout(() => this.#isOver || this.#start(), 200)
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async end(): Promise<void> {
    this.#isOver = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await ended
  }
}

/** The outside world: counts each effect by the keys it came under, and is slow when told to be. */
function startVendor() {
  const effects = new Map<string, Map<string, Set<string>>>()
  const state = { delayMs: 5 }
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://vendor')
    const ofExecution = effects.get(searchParams.get('execution') ?? '') ?? new Map<string, Set<string>>()
    effects.set(searchParams.get('execution') ?? '', ofExecution)
    const name = `${searchParams.get('chain')}.${searchParams.get('index')}`
    ofExecution.set(name, (ofExecution.get(name) ?? new Set()).add(searchParams.get('key') ?? ''))
    setTimeout(() => response.end('ok'), state.delayMs)
  })
  return { effects, state, server }
}

/** Three workers and two API processes on one database, a load, and a seeded sequence of faults. */
export async function startChaos(seed: number) {
  const random = randomOf(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const acts: string[] = []
  const database = await createTestDatabase()
  const admin = new pg.Pool({ connectionString: database.url, max: 2 })
  admin.on('error', () => {})
  const vendor = startVendor()
  await new Promise<void>((resolve) => vendor.server.listen(0, '127.0.0.1', resolve))
  const vendorUrl = `http://127.0.0.1:${(vendor.server.address() as AddressInfo).port}/`

  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url,
    CROSSWALK_MASTER_KEY: testMasterKey,
    CROSSWALK_ADMIN_API_KEY: testAdminKey,
    CROSSWALK_WORKSPACE: testWorkspace,
    CROSSWALK_TAKEOVER_SECONDS: '3',
    CROSSWALK_LOG_LEVEL: process.env.CROSSWALK_LOG_LEVEL ?? 'silent',
    CROSSWALK_PORT: '0',
  }
  const workers = Array.from({ length: workerCount }, () => new Immortal(['worker'], env))
  const apis = Array.from({ length: apiCount }, () => new Immortal(['api'], env))
  await until('all processes are ready', () => [...workers, ...apis].every(({ url }) => url), 60_000)

  /** Asks any API until one answers, as a caller with an idempotency key may. */
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    for (;;) {
      const api = pick(apis)
      if (api.url) {
        try {
          const response = await fetch(`${api.url}${path}`, {
            method,
            headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json', ...headers },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(5_000),
          })
          if (response.status < 500) return { status: response.status, body: (await response.json()) as Record<string, unknown> }
        } catch {
          // It died on the way: what was asked for may have been accepted or not, so the same is asked again.
        }
      }
      await delay(50)
    }
  }

  const organizationId = String((await call('POST', '/api/organizations', { name: 'Acme' })).body.id)

  async function load(isOver: () => boolean, accepted: Accepted[]): Promise<void> {
    for (let number = 0; !isOver(); number++) {
      const chains = 1 + Math.floor(random() * 3)
      const length = 3 + Math.floor(random() * 20)
      const key = `load-${seed}-${number}-${random()}`
      const { status, body } = await call(
        'POST',
        '/api/workflows/execute?wait=0',
        { workflow_name: 'many_steps', parameters: { chains, length, url: vendorUrl }, idempotency_key: key },
        { 'x-organization-id': organizationId },
      )
      if (status >= 400) throw new Error(`The load was refused: ${JSON.stringify(body)}`)
      accepted.push({ id: String(body.execution_id), chains, length })
      await delay(100 + random() * 200)
    }
  }

  const faults: Record<string, () => Promise<void> | void> = {
    'kill a worker': () => pick(workers).signal('SIGKILL'),
    'stop a worker': () => pick(workers).signal('SIGTERM'),
    'kill an API': () => pick(apis).signal('SIGKILL'),
    'cut all connections': async () => {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      )
    },
    'pause a worker': async () => {
      const worker = pick(workers)
      worker.signal('SIGSTOP')
      await delay(1_000 + random() * 5_000)
      worker.signal('SIGCONT')
    },
    'slow the vendor': async () => {
      vendor.state.delayMs = 300
      await delay(2_000)
      vendor.state.delayMs = 5
    },
  }

  return {
    acts,
    effectsOf: (id: string): ReadonlyMap<string, ReadonlySet<string>> => vendor.effects.get(id) ?? new Map(),
    /** Runs load and faults for so long, and returns what was accepted. */
    async run(seconds: number): Promise<Accepted[]> {
      const until = Date.now() + seconds * 1_000
      const accepted: Accepted[] = []
      const loading = load(() => Date.now() > until, accepted)
      while (Date.now() < until) {
        const act = pick(Object.keys(faults))
        acts.push(act)
        await faults[act]?.()
        await delay(500 + random() * 1_500)
      }
      await loading
      return accepted
    },
    /** Waits until nothing runs or waits any more. */
    async settle(): Promise<void> {
      await until(
        'every execution has ended',
        async () => {
          const rows = await rowsOf(`select id from executions where status in ('pending', 'running', 'cancelling')`)
          return rows.length === 0
        },
        120_000,
      )
    },
    async execution(id: string): Promise<Execution> {
      const execution = executionOf((await rowsOf<ExecutionRow>(`select * from executions where id = '${id}'`))[0] as ExecutionRow)
      assertEnded(execution)
      return execution
    },
    lines: (id: string) =>
      rowsOf<Line>(`select sequence, message, is_from_author from execution_logs where execution_id = '${id}' order by sequence`),
    async [Symbol.asyncDispose]() {
      await Promise.all([...workers, ...apis].map((one) => one.end()))
      vendor.server.closeAllConnections()
      vendor.server.close()
      await admin.end()
      await database[Symbol.asyncDispose]()
    },
  }

  /** Reads across all organizations, as the owner may not either without saying so. */
  async function rowsOf<Row>(statement: string): Promise<Row[]> {
    const results = (await admin.query(`begin; set local crosswalk.scope = 'all'; ${statement}; commit`)) as unknown as { rows: Row[] }[]
    return results[2]?.rows ?? []
  }
}

function assertEnded(execution: Execution): void {
  if (!hasEnded(execution)) throw new Error(`The execution ${execution.id} has not ended: ${execution.status}.`)
}
