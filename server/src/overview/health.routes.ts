import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import { getWorkspaceState, type WorkspaceState } from '../definitions/missing-definitions.ts'
import type { Database } from '../platform/database/database.ts'
import { isThisMachine } from '../platform/http/hosts.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { watchVault } from '../values/secrets/vault/vault-health.ts'
import { countLiveWorkers, countUnended } from './health.queries.ts'
import { lookAtReadiness, mayReadDetails, readinessView, viewOfReadiness } from './readiness.ts'
import { vendorMetrics } from './vendor-metrics.ts'

const unknownWorkspace: WorkspaceState = { loaded: 0, problems: [], missing: [] }
const figuresOfAll = 'The figures are of all organizations, so reading them needs canViewCatalogue for all organizations.'

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
    defineRoute<Principal | undefined>({
      method: 'GET',
      path: '//readyz',
      operationId: 'getReadiness',
      tag: 'Operation',
      summary: 'Whether work can be done: the database answers, its schema fits, a worker lives, and something of the workspace loads',
      description:
        'Everybody is told whether it is ready, and in codes what is wrong. Sentences, hosts and files are for the machine itself, and for those with canViewCatalogue for all organizations.',
      permission: 'public',
      audit: { none: 'reads only' },
      responses: { 200: readinessView, 503: readinessView },
      errors: [],
      async handler({ principal, headers, address }) {
        const readiness = await lookAtReadiness(db, vaultCheck)
        const withDetails = isThisMachine({ headers, address }) || mayReadDetails(principal)
        return { status: readiness.isReady ? 200 : 503, body: viewOfReadiness(readiness, withDetails) }
      },
    }),
    defineRoute<Principal | undefined>({
      method: 'GET',
      path: '//metrics',
      operationId: 'getMetrics',
      tag: 'Operation',
      summary: 'Figures for Prometheus',
      description: 'From elsewhere than the machine itself it needs a key for all organizations: the figures are of all.',
      permission: 'local',
      audit: { none: 'reads only' },
      responses: { 200: z.string().describe('The text format of Prometheus.') },
      errors: [],
      async handler({ principal }) {
        if (principal) requireAllOrganizations(principal, figuresOfAll, 'canViewCatalogue')
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
