import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import { getWorkspaceState, type WorkspaceState } from '../definitions/missing-definitions.ts'
import type { Database } from '../platform/database/database.ts'
import { missingMigrations } from '../platform/database/migrate.ts'
import { isReadOnly } from '../platform/database/outages.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { watchVault } from '../values/secrets/vault/vault-health.ts'
import { countLiveWorkers, countUnended, listSandboxProblems } from './health.queries.ts'
import { vendorMetrics } from './vendor-metrics.ts'

const readinessView = z.object({
  ready: z.boolean(),
  checks: z.object({
    database: z.string().describe('`ok`, or what is wrong.'),
    schema: z.string(),
    worker: z.string(),
    secrets: z.string().describe('`ok`, or what is wrong with the vault that holds secrets. What needs none works all the same.'),
    sandbox: z.string().describe('`ok`, or what of the boundary around author code is missing on which host. Work is done all the same.'),
    workspace: z.string().describe('`ok`, or which files do not load and since when. It is not ready only where nothing loads at all.'),
  }),
})

/** What live workers miss, each host once. */
async function sandboxCheck(db: Database): Promise<string> {
  const rows = await listSandboxProblems(db, maxNamed)
  return rows.length === 0 ? 'ok' : rows.map(({ host, sandbox_problem }) => `on ${host}: ${sandbox_problem}`).join(' ')
}

const unknownWorkspace: WorkspaceState = { loaded: 0, problems: [], missing: [] }
const maxNamed = 10

/** Files and names, and no reasons: an error may say anything, and this is told to everybody. */
function workspaceCheck({ loaded, problems, missing }: WorkspaceState): string {
  const broken = problems.filter((problem) => !problem.isWarning)
  if (broken.length + missing.length === 0) return 'ok'
  const files = [...new Set(broken.map(({ file }) => file))]
  const since = [...broken, ...missing].reduce((first, item) => (item.since < first ? item.since : first), new Date()).toISOString()
  const list = (names: string[]) =>
    `${names.slice(0, maxNamed).join(', ')}${names.length > maxNamed ? `, and ${names.length - maxNamed} more` : ''}`
  const ofFiles = files.length > 0 ? `these files have problems: ${list(files)}. ` : ''
  const ofMissing = missing.length > 0 ? `these were there and do not load: ${list(missing.map(({ name }) => name))}. ` : ''
  return `since ${since} ${loaded === 0 ? 'nothing of the workspace loads. ' : ''}${ofFiles}${ofMissing}See \`crosswalk workspace show\`.`
}

/** What an operator's tools ask: is it alive, is it ready, how is it doing. Without a principal, and without saying anything of anyone. */
export function healthRoutes({ db, metrics, keyring }: { db: Database; metrics: Metrics; keyring: Keyring }): Route[] {
  const vaultCheck = watchVault(keyring.inVault)
  return [
    defineRoute({
      method: 'GET',
      path: '//healthz',
      operationId: 'getHealth',
      tag: 'Operation',
      summary: 'Whether this process is alive',
      permission: 'public',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ status: z.literal('ok') }) },
      errors: [],
      handler: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    defineRoute({
      method: 'GET',
      path: '//readyz',
      operationId: 'getReadiness',
      tag: 'Operation',
      summary: 'Whether work can be done: the database answers, its schema fits, a worker lives, and something of the workspace loads',
      permission: 'public',
      audit: { none: 'reads only' },
      responses: { 200: readinessView, 503: readinessView },
      errors: [],
      async handler() {
        const checks = { database: 'ok', schema: 'ok', worker: 'ok', secrets: await vaultCheck(), sandbox: 'ok', workspace: 'ok' }
        let isWorkspaceUsable = true
        try {
          const missing = await missingMigrations(db)
          // What is asked below may need what is missing.
          const [workers, workspace] =
            missing.length > 0 ? [1, unknownWorkspace] : await Promise.all([countLiveWorkers(db), getWorkspaceState(db)])
          checks.workspace = workspaceCheck(workspace)
          if (missing.length === 0) checks.sandbox = await sandboxCheck(db)
          isWorkspaceUsable = workspace.loaded > 0 || checks.workspace === 'ok'
          if (missing.length > 0) checks.schema = `migrations are missing: ${missing.join(', ')}. Run \`crosswalk migrate\`.`
          if (db.outages.isDiskFull) checks.database = 'the disk of the database is full.'
          if (workers === 0) checks.worker = 'no worker is alive. Start one with `crosswalk worker`.'
        } catch (error) {
          const database = isReadOnly(error) ? 'the database is read-only, as a standby is.' : 'the database does not answer.'
          Object.assign(checks, { database, schema: 'unknown', worker: 'unknown', sandbox: 'unknown', workspace: 'unknown' })
        }
        const { database, schema, worker } = checks
        const ready = isWorkspaceUsable && [database, schema, worker].every((check) => check === 'ok')
        return { status: ready ? 200 : 503, body: { ready, checks } }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '//metrics',
      operationId: 'getMetrics',
      tag: 'Operation',
      summary: 'Figures for Prometheus',
      description: 'From elsewhere than the machine itself it needs a key.',
      permission: 'local',
      audit: { none: 'reads only' },
      responses: { 200: z.string().describe('The text format of Prometheus.') },
      errors: [],
      async handler() {
        const text = await metrics.registry.metrics()
        return {
          reply: (reply) =>
            reply
              .type(metrics.registry.contentType)
              .serializer((body: string) => body)
              .send(text),
        }
      },
    }),
  ]
}

/** The figures of one process. */
export type Metrics = { registry: Registry; observeRequest(route: string, method: string, status: number, seconds: number): void }

/** Makes the figures: of the process itself, of its requests, and of the executions as the database knows them. */
export function createMetrics(db: Database): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'crosswalk_' })
  const requests = new Histogram({
    name: 'crosswalk_http_request_duration_seconds',
    help: 'How long requests took, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  new Gauge({
    name: 'crosswalk_executions',
    help: 'Executions that wait or run, by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const rows = await countUnended(db).catch(() => [])
      for (const status of ['pending', 'held', 'running', 'waiting', 'cancelling'])
        this.set({ status }, rows.find((row) => row.status === status)?.count ?? 0)
    },
  })
  new Gauge({
    name: 'crosswalk_workers',
    help: 'Workers that are alive.',
    registers: [registry],
    async collect() {
      this.set(await countLiveWorkers(db).catch(() => 0))
    },
  })
  workspaceMetrics(db, registry)
  vendorMetrics(db, registry)
  return {
    registry,
    observeRequest: (route, method, status, seconds) => requests.observe({ route, method, status: String(status) }, seconds),
  }
}

const maxFileLabels = 100

function workspaceMetrics(db: Database, registry: Registry): void {
  const state = () => getWorkspaceState(db).catch(() => unknownWorkspace)
  new Gauge({
    name: 'crosswalk_definitions',
    help: 'Integrations, workflows and data providers, by whether they load.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const { loaded, missing } = await state()
      this.set({ state: 'loaded' }, loaded)
      this.set({ state: 'not_loaded' }, missing.length)
    },
  })
  new Gauge({
    name: 'crosswalk_workspace_problem_since_seconds',
    help: 'Files of the workspace with a problem, and since when they have it, as a Unix time.',
    labelNames: ['kind', 'file'],
    registers: [registry],
    async collect() {
      const { problems } = await state()
      this.reset()
      for (const { kind, file, since, isWarning } of problems.slice(0, maxFileLabels))
        if (!isWarning) this.set({ kind, file }, Math.floor(since.getTime() / 1_000))
    },
  })
  new Gauge({
    name: 'crosswalk_definition_not_loaded_since_seconds',
    help: 'What was published and does not load any more, and since when, as a Unix time.',
    labelNames: ['kind', 'name'],
    registers: [registry],
    async collect() {
      const { missing } = await state()
      this.reset()
      for (const { kind, name, since } of missing.slice(0, maxFileLabels)) this.set({ kind, name }, Math.floor(since.getTime() / 1_000))
    },
  })
}
