import type { ChildProcess } from 'node:child_process'
import { installationAuthentication } from '../src/access/authentication.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { givenSubmitted } from './given-executions.ts'
import { givenOrganization } from './given-installation.ts'
import { givenPeople } from './given-people.ts'
import { testAdminKey } from './test-app.ts'
import { until } from './until.ts'
import { endProcess, startWorkerProcess } from './worker-process.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
export type Asking = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<{ status: number; body: Body }>

export const decide = (ask: Asking, verb: 'approve' | 'reject', id: string, body: object = {}) =>
  ask('POST', `/approvals/${id}/${verb}`, body)
export const outcomeOf = ({ status, body }: { status: number; body: Body }) => [status, body.error ?? body.status]
export const stepsOf = (execution: Body) => execution.steps.map(({ name, status }: Body) => `${name} ${status}`)

/**
 * A worker, an API, the organizations Acme and Globex, and two people: Ann, an engineer whose executions ask, and Ben, a technician who may
 * decide.
 */
export async function givenAsking() {
  const api = await givenPeople({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const workers: ChildProcess[] = []
  const startWorker = async () => {
    const worker = await startWorkerProcess(api.databaseUrl, { env: { CROSSWALK_MIN_WAIT_SECONDS: '1' } })
    workers.push(worker)
    return worker
  }
  const acme = (await givenOrganization(api.db, 'Acme')).id
  const globex = (await givenOrganization(api.db, 'Globex')).id

  const rows = <Row extends object>(statement: Sql) => readInScope<Row>(api.db, 'allOrganizations', statement)
  const withKey =
    (key: string): Asking =>
    async (method, path, body) => {
      const answer = await api.app.inject({
        method,
        url: `/api${path}`,
        headers: { authorization: `Bearer ${key}` },
        ...(body ? { payload: body } : {}),
      })
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
    }
  const admin: Asking = (...asked) => withKey(testAdminKey)(...asked)

  async function join(name: string, role: string, reach: object = { all: true }, more: object = {}) {
    const { id, browser } = await api.join(name, [{ role, reach, ...more }])
    const ask: Asking = (method, path, body) => browser.call(method, path, body)
    return { id, ask }
  }

  /** Has Ann's execution ask, and resolves when it waits. */
  async function givenAsked(request: object = {}, more: { as?: string; org?: string; url?: string; submission?: object } = {}) {
    const person = { type: 'person', id: more.as ?? ann.id, name: 'Ann' } as const
    const id = await givenSubmitted(
      api.db,
      more.org ?? acme,
      'asks',
      { request: { title: 'Delete the mailbox', ...request }, ...(more.url ? { url: more.url } : {}) },
      { acting: { actor: person, requestId: null }, ...more.submission },
    )
    const execution = await waiting(id)
    return { id, execution, approval: (await approvalOf(id)) as Body }
  }
  const executionOf = async (id: string) => (await admin('GET', `/executions/${id}`)).body
  const waiting = (id: string) =>
    until('it waits', async () => {
      const execution = await executionOf(id)
      return execution.status === 'waiting' && execution
    })
  const ended = (id: string) =>
    until('it ends', async () => {
      const execution = await executionOf(id)
      return execution.completed_at !== null && execution
    })
  const approvalsOf = async (id: string): Promise<Body[]> => (await admin('GET', `/approvals?execution_id=${id}`)).body.approvals
  const approvalOf = async (id: string) => (await approvalsOf(id))[0]
  const auditOf = async (id: string) =>
    (
      await rows<{ action: string; actor_name: string }>(
        sql`select action, actor_name from audit_events where target ->> 'id' = ${id} order by id`,
      )
    ).map(({ action, actor_name }) => `${action} ${actor_name}`)

  const ann = await join('Ann', 'engineer')
  const ben = await join('Ben', 'technician')
  await startWorker()
  return {
    ...{
      api,
      acme,
      globex,
      ann,
      ben,
      workers,
      startWorker,
      rows,
      withKey,
      admin,
      join,
      givenAsked,
      executionOf,
      waiting,
      ended,
      approvalsOf,
      approvalOf,
      auditOf,
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) await endProcess(worker, 'SIGKILL')
      await api[Symbol.asyncDispose]()
    },
  }
}
