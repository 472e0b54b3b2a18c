import { fileURLToPath } from 'node:url'
import { startWorkerHost, type WorkerHost } from '../src/engine/dispatch/worker-host.ts'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import type { Isolation } from '../src/engine/runners/sandbox/layers.ts'
import { type Execution, submitAlone, waitForExecution } from '../src/engine/state/executions.ts'
import type { HostRequest } from '../src/engine/state/requests.ts'
import { type Database, inScope, sql } from '../src/platform/database/database.ts'
import { listen, type Notifications } from '../src/platform/database/notifications.ts'
import { newId } from '../src/platform/ids.ts'
import { pauses } from '../src/processes/slices.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { givenDatabase } from './given-database.ts'
import { givenGateway } from './given-gateway.ts'
import { runnerCacheFolder } from './runner-cache.ts'
import { testLogger } from './test-app.ts'

/** Author code for tests: orderly workflows, and such as misbehave in every way. */
export const testWorkspace = fileURLToPath(new URL('./workspace', import.meta.url))

export type TestWorker = {
  db: Database
  notifications: Notifications
  pool: RunnerPool
  host: WorkerHost
  organizationId: string
  /** Another organization. */
  addOrganization(name: string): Promise<string>
  /** Runs a workflow to its end. */
  run(name: string, parameters?: JsonObject, timeoutMs?: number, organizationId?: string): Promise<Execution>
  submit(name: string, parameters?: JsonObject, timeoutMs?: number, organizationId?: string): Promise<string>
  ended(id: string, organizationId?: string): Promise<Execution>
  lines(id: string): Promise<{ sequence: number; level: string; message: string; data: unknown; is_from_author: boolean }[]>
  steps(id: string): Promise<{ position: number; name: string; status: string; attempt: number; error: unknown }[]>
} & AsyncDisposable

/** A worker with real runners in this process, on a database of its own. One for each test file. */
export async function startTestWorker(
  options: {
    minWaitMs?: number
    requests?: HostRequest[]
    /** What an execution has read before. */
    knownSecrets?: (executionId: string) => Promise<string[]>
    maxHeapMb?: number
    stallMs?: number
    sessionsPerRunner?: number
    isolations?: readonly Isolation[]
    network?: 'host' | 'none'
    /** What author code may reach beside the internet. Default: this machine. */
    allow?: string[]
    sharing?: 'organization' | 'trusted'
    keepIdleMs?: number
    maxRunnersInAll?: number
    workspace?: string
  } = {},
): Promise<TestWorker> {
  const db = await givenDatabase({ name: 'crosswalk test' })
  const notifications = await listen(db.url, testLogger)
  const gateway = givenGateway(options.allow ? { allow: options.allow } : {})
  const pool = new RunnerPool({
    workspace: options.workspace ?? testWorkspace,
    ...(options.isolations ? { isolations: options.isolations } : {}),
    ...(options.network ? { network: options.network } : {}),
    ...(options.sharing ? { sharing: options.sharing } : {}),
    ...(options.keepIdleMs === undefined ? {} : { keepIdleMs: options.keepIdleMs }),
    ...(options.maxRunnersInAll === undefined ? {} : { maxRunnersInAll: options.maxRunnersInAll }),
    logger: testLogger,
    maxHeapMb: options.maxHeapMb ?? 128,
    stallMs: options.stallMs ?? 5_000,
    loadTimeoutMs: 20_000,
    gateway,
    sessionsPerRunner: options.sessionsPerRunner ?? 16,
    maxRunners: 2,
    cacheFolder: runnerCacheFolder,
    executionsPerRunner: 1_000,
  })
  const loaded = await pool.reload().catch(async (error) => {
    // As where the machine lacks what is to confine runners. What stayed open would keep the test's process from its end.
    await pool.close()
    await notifications.close()
    await db[Symbol.asyncDispose]()
    throw error
  })
  const host = await startWorkerHost({
    db,
    notifications,
    pool,
    logger: testLogger,
    requests: options.requests ?? [],
    endHandlers: [],
    pauses,
    sealer: { seal: async (bytes) => bytes.toString('base64'), open: async (text) => Buffer.from(text, 'base64') },
    ...(options.knownSecrets ? { knownSecrets: options.knownSecrets } : {}),
    maxConcurrent: 16,
    leaseMs: 15_000,
    graceMs: 1_000,
    ...(options.minWaitMs === undefined ? {} : { minWaitMs: options.minWaitMs }),
    onLeaseLost() {},
  })
  const addOrganization = async (name: string) => {
    const id = newId()
    await inScope(db, 'allOrganizations', (transaction) =>
      transaction.query(sql`insert into organizations (id, name) values (${id}, ${name})`),
    )
    return id
  }
  const organizationId = await addOrganization('Acme')
  await host.setWorkspace(loaded)
  host.begin()
  const scope = { organizationId }

  const worker: Omit<TestWorker, typeof Symbol.asyncDispose> = {
    db,
    notifications,
    pool,
    host,
    organizationId,
    addOrganization,
    async submit(name, parameters = {}, timeoutMs = 30_000, of = organizationId) {
      const { id } = await submitAlone(db, {
        organizationId: of,
        kind: 'workflow',
        name,
        input: { parameters },
        timeoutMs,
        acting: { actor: { type: 'api_key', id: 'test', name: 'Test' }, requestId: null },
        isInteractive: true,
      })
      return id
    },
    ended: (id, of = organizationId) => waitForExecution({ db, notifications }, { organizationId: of }, id, 60_000),
    run: async (name, parameters, timeoutMs, of = organizationId) => worker.ended(await worker.submit(name, parameters, timeoutMs, of), of),
    lines: (id) =>
      inScope(db, scope, (transaction) =>
        transaction.query(
          sql`select sequence, level, message, data, is_from_author from execution_logs where execution_id = ${id} order by sequence`,
        ),
      ),
    steps: (id) =>
      inScope(db, scope, (transaction) =>
        transaction.query(
          sql`select position, name, status, attempt, error from execution_steps where execution_id = ${id} order by position`,
        ),
      ),
  }
  return {
    ...worker,
    async [Symbol.asyncDispose]() {
      await host.close(2_000)
      await notifications.close()
      await db[Symbol.asyncDispose]()
    },
  }
}
