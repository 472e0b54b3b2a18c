import type { FastifyInstance } from 'fastify'
import { administratorRole } from '../src/access/grants.ts'
import type { Permission } from '../src/access/permissions.ts'
import type { Identity } from '../src/access/principal.ts'
import {
  type DataProviderDefinition,
  type IntegrationDefinition,
  publishDefinitions,
  type WorkflowDefinition,
} from '../src/definitions/definitions.ts'
import type { ExecutionRow } from '../src/engine/state/executions.queries.ts'
import { type Execution, executionOf } from '../src/engine/state/executions.ts'
import type { EndHandler, Outcome } from '../src/engine/state/requests.ts'
import type { Organization } from '../src/organizations/organizations.ts'
import { type Database, inScope, sql } from '../src/platform/database/database.ts'
import type { Notifications } from '../src/platform/database/notifications.ts'
import { publishedHooks } from '../src/processes/slices.ts'
import type { PublishedDefinition } from '../src/protocol/channel.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { createTestApp, type TestApp } from './test-app.ts'

export function integrationDefinition(name: string, given: Partial<IntegrationDefinition> = {}): IntegrationDefinition {
  return {
    kind: 'integration',
    name,
    file: `integrations/${name}.ts`,
    displayName: name.toUpperCase(),
    description: '',
    supportsOrgMapping: true,
    supportsDiscovery: true,
    hosts: null,
    credentials: 'read',
    sharedExternalOrgs: false,
    mappingDataSchema: { type: 'object' },
    secrets: [{ key: `${name}_api_key`, label: 'API key', required: true, description: null }],
    config: [{ key: `${name}_api_url`, label: 'API URL', required: false, description: null }],
    discoveryCacheSeconds: 3600,
    discoveryTimeoutMs: 60_000,
    testTimeoutMs: 10_000,
    ...given,
  }
}

export function workflowDefinition(name: string, given: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return {
    kind: 'workflow',
    name,
    file: `workflows/${name}.ts`,
    displayName: null,
    offeredTo: null,
    description: '',
    category: 'Tests',
    tags: [],
    parametersSchema: { type: 'object' },
    timeoutMs: 60_000,
    deadlineMs: null,
    schedule: null,
    concurrency: null,
    ...given,
  }
}

export function dataProviderDefinition(name: string, given: Partial<DataProviderDefinition> = {}): DataProviderDefinition {
  return {
    kind: 'data_provider',
    name,
    file: `data-providers/${name}.ts`,
    description: '',
    category: 'Tests',
    parametersSchema: { type: 'object' },
    cacheSeconds: 0,
    timeoutMs: 10_000,
    ...given,
  }
}

export function givenPublished(db: Database, ...definitions: PublishedDefinition[]): Promise<boolean> {
  return publishDefinitions(db, { definitions, problems: [], codeVersion: 'test' }, publishedHooks)
}

/** Someone with these permissions for these organizations only. */
export function principalFor(organizations: Organization[], ...permissions: Permission[]): Identity {
  return {
    actor: { type: 'api_key', id: 'limited', name: 'Limited key' },
    grants: [{ role: { name: 'limited', permissions: new Set(permissions) }, reach: { organizations: organizations.map(({ id }) => id) } }],
  }
}

const administrator: Identity = {
  actor: { type: 'api_key', id: 'admin', name: 'Administrator key' },
  grants: [{ role: administratorRole, reach: { all: true } }],
}

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
export type Answer = { status: number; body: any; headers: Record<string, unknown> }
export type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

/** The whole API, asked by the one who is named: an administrator, nobody, or someone with less. */
export async function givenApi(): Promise<TestApp & { send: Send; as(principal: Identity | undefined): Send }> {
  const principals = new Map<string, Identity | undefined>()
  const test = await createTestApp({ authenticate: async (key) => principals.get(key ?? '') })
  const as = (principal: Identity | undefined): Send => {
    const key = `principal-${principals.size}`
    principals.set(key, principal)
    return (method, url, body, headers = {}) => inject(test.app, method, url, body, { authorization: key, ...headers })
  }
  return { ...test, send: as(administrator), as }
}

async function inject(
  app: FastifyInstance,
  method: Parameters<Send>[0],
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
  const answer = await app.inject({
    method,
    url: `/api${url}`,
    ...payload,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  })
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json')
  return { status: answer.statusCode, body: isJson && answer.body !== '' ? answer.json() : answer.body, headers: answer.headers }
}

export function succeeded(result: JsonObject | unknown[]): Outcome {
  return { status: 'success', result: result as Outcome['result'], error: null }
}

export function failed(message: string, details: JsonObject = {}, type = 'Error'): Outcome {
  return { status: 'failed', result: null, error: { type, message, details } }
}

/** Stands in for the workers: takes each waiting execution, has it done, and ends it with its slice's handler in one transaction. */
export function givenWorker(
  { db, notifications }: { db: Database; notifications: Notifications },
  endHandlers: readonly EndHandler[],
  work: (execution: Execution) => Promise<Outcome> | Outcome,
): Disposable & { readonly taken: Execution[] } {
  const taken: Execution[] = []
  const stop = notifications.on('execution.pending', null, async (id) => {
    const [row] = await inScope(db, 'allOrganizations', (transaction) =>
      transaction.query<ExecutionRow>(
        sql`update executions set status = 'running', started_at = clock_timestamp() where id = ${id} and status = 'pending' returning *`,
      ),
    )
    if (!row) return
    const execution = executionOf(row)
    taken.push(execution)
    await endExecution(db, endHandlers, execution, await work(execution))
  })
  return { taken, [Symbol.dispose]: stop }
}

export async function endExecution(
  db: Database,
  endHandlers: readonly EndHandler[],
  execution: Execution,
  outcome: Outcome,
): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`
      update executions set status = ${outcome.status}, result = ${JSON.stringify(outcome.result)}, error = ${JSON.stringify(outcome.error)}, completed_at = clock_timestamp()
      where id = ${execution.id}`)
    for (const handler of endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, outcome)
    transaction.tell('execution.ended', execution.id)
  })
}
