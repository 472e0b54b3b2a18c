import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import pg from 'pg'
import { testAdminKey } from './test-app.ts'
import { createTestDatabase } from './test-database.ts'
import { testWorkspace } from './test-worker.ts'
import { until } from './until.ts'
import { endProcess, startApiProcess, startWorkerProcess } from './worker-process.ts'

/** An execution as the API shows it. */
export type ShownExecution = {
  execution_id: string
  status: string
  result: unknown
  error: { message: string; details: Record<string, unknown> } | null
  retry_of: string | null
  steps: ShownStep[]
}
type ShownStep = {
  name: string
  status: string
  attempt: number
  started_at: string
  duration_ms: number | null
  error: { message: string; details: Record<string, unknown> } | null
  idempotency_key: string | null
  attempts: ShownAttempt[]
}
type ShownAttempt = {
  attempt: number
  status: string
  error: { message: string; details: Record<string, unknown> } | null
  calls: { name: string; status: string }[]
}

/** One API process and as many workers as are started, on a database of their own with one organization: used over HTTP alone. */
export type TestProcesses = {
  organizationId: string
  databaseUrl: string
  startWorker(env?: Record<string, string>): Promise<ChildProcess>
  /** Calls the API as its administrator, for the organization, or for none in particular. */
  call<Body>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object, isForNone?: boolean): Promise<{ status: number; body: Body }>
  /** Maps the organization to an external one. */
  map(integrationName: string, externalOrgId: string): Promise<void>
  /** Asks for a workflow without waiting for it, and returns the execution's id. */
  execute(workflowName: string, parameters?: object, more?: { idempotency_key?: string }): Promise<string>
  shown(id: string): Promise<ShownExecution>
  /** The figures for Prometheus. */
  metrics(): Promise<string>
  /** Waits until an execution has ended. */
  ended(id: string): Promise<ShownExecution>
  /** Asks the database as its owner. */
  rows<Row>(statement: string, values?: unknown[]): Promise<Row[]>
} & AsyncDisposable

/** @param env what the API has in its environment beside */
export async function startProcesses(workspace = testWorkspace, env: Record<string, string> = {}): Promise<TestProcesses> {
  const database = await createTestDatabase()
  const owner = new pg.Pool({ connectionString: database.url, max: 1, options: '-c crosswalk.scope=all' })
  // A connection that is ended late is ended by the database, with an error.
  owner.on('error', () => {})
  const api = await startApiProcess(database.url, { workspace, env })
  const children = [api.child]
  let organizationId = ''

  async function call<Body>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object,
    isForNone = false,
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${api.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${testAdminKey}`,
        ...(organizationId === '' || isForNone ? {} : { 'x-organization-id': organizationId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }
  async function send<Body>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Body> {
    const answer = await call<Body>(method, path, body)
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  organizationId = (await send<{ id: string }>('POST', '/organizations', { name: 'Acme' })).id

  const shown = (id: string) => send<ShownExecution>('GET', `/executions/${id}`)
  return {
    organizationId,
    databaseUrl: database.url,
    async startWorker(env = {}) {
      const child = await startWorkerProcess(database.url, { workspace, env })
      children.push(child)
      return child
    },
    call,
    async map(integrationName, externalOrgId) {
      await send('POST', `/organizations/${organizationId}/integrations`, {
        integration_name: integrationName,
        external_org_id: externalOrgId,
        external_org_name: 'Vendor',
      })
    },
    execute: async (workflowName, parameters = {}, more = {}) =>
      (
        await send<{ execution_id: string }>('POST', '/workflows/execute?wait=0', {
          workflow_name: workflowName,
          parameters,
          ...more,
        })
      ).execution_id,
    shown,
    metrics: async () => (await fetch(`${api.url}/metrics`)).text(),
    ended: (id) =>
      until(`the execution ${id} has ended`, async () => {
        const execution = await shown(id)
        return ['success', 'failed', 'timeout', 'cancelled'].includes(execution.status) && execution
      }),
    rows: async <Row>(statement: string, values: unknown[] = []) => (await owner.query(statement, values)).rows as Row[],
    async [Symbol.asyncDispose]() {
      await Promise.all(children.map((child) => endProcess(child, 'SIGKILL')))
      await owner.end()
      await database[Symbol.asyncDispose]()
    },
  }
}
