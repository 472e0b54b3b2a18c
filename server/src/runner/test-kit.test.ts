import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answer, type MockContext, mockContext, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { startTestInstallation, type TestInstallation } from '../../testing/test-installation.ts'
import { testWorkspace } from '../../testing/test-worker.ts'
import { until } from '../../testing/until.ts'
import { Compared, Misspelt, Unmapped } from '../../testing/workspace/integrations/compared.ts'
import { Counting } from '../../testing/workspace/integrations/counting.ts'
import { Hasty } from '../../testing/workspace/integrations/hasty.ts'
import { acts, compared, hearsItsKey, isTold } from '../../testing/workspace/workflows/compared.ts'
import { systemActing } from '../audit/audit.ts'
import { markCancelling } from '../engine/state/cancelling.queries.ts'
import { waitForExecution } from '../engine/state/executions.ts'
import { createOrganization } from '../organizations/organizations.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { describeFailure } from './failures.ts'

// The same author code runs in the test kit and in an execution, and has to come to the same: else a unit test says what is not so.

/** What there is to see of a run. */
type Seen = {
  result: unknown
  error: { type: string; message: string; code: unknown } | null
  lines: { level: string; message: string; data: unknown }[]
  steps: { name: string; status: string; attempt: number }[]
}

const token = 'correct horse battery'
let installation: TestInstallation
let vendor: SimulatedVendor

before(async () => {
  const refused = new Set<string | null>()
  vendor = await simulateVendor({
    'GET /busy': ({ query }) => {
      const isRefused = !refused.has(query.get('who'))
      refused.add(query.get('who'))
      return isRefused ? answer(429, { message: 'Slow down.' }, { 'retry-after': '0' }) : 'ready'
    },
    'GET /keys': ({ headers }) => answer(401, { message: `The key ${headers.authorization} is not known.` }),
    'POST /broken': answer(500, { error: { message: 'The database is full.' } }),
  })
  installation = await startTestInstallation(testWorkspace)
  const set = (method: 'POST' | 'PUT', url: string, body: object) => installation.call(method, url, { ...body, scope: 'global' })
  await set('POST', '/api/secrets', { key: 'compared_token', value: token })
  await set('PUT', '/api/config/compared_limit', { value: 5 })
  await set('PUT', '/api/config/compared_url', { value: vendor.url })
  await installation.call('POST', '/api/organization-fields', { name: 'seats', label: 'Seats', type: 'number' })
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await vendor.stop()
})

type Organization = Awaited<ReturnType<typeof createOrganization>>
const givenOrganization = (name: string) =>
  createOrganization(installation.api.db, systemActing, { name, domains: ['acme.example'], tenantId: null, fields: { seats: 5 } })

function givenContext({ id, name, domains, tenantId, fields }: Organization, signal?: AbortSignal): MockContext {
  return mockContext({
    org: { id, name, domains, tenantId, fields },
    secrets: { compared_token: token },
    config: { compared_limit: 5, compared_url: vendor.url },
    integrations: [Compared, Counting, Hasty, Misspelt, Unmapped],
    ...(signal ? { signal } : {}),
  })
}

async function inKit(ctx: MockContext, run: (ctx: MockContext) => Promise<unknown>): Promise<Seen> {
  const outcome = await run(ctx).then(
    (value) => ({ result: JSON.parse(JSON.stringify(value) ?? 'null'), error: null }),
    (thrown) => {
      const { type, message, code } = describeFailure(thrown, testWorkspace)
      return { result: null, error: { type, message, code: code ?? undefined } }
    },
  )
  return {
    ...outcome,
    lines: ctx.logs.map(({ level, message, data }) => ({ level, message, data: data ?? null })),
    steps: ctx.steps.map(({ name, status, attempts }) => ({ name, status, attempt: attempts })),
  }
}

/** What the platform notes as steps beside those of the author. */
const ofPlatform = new Set(['sleep', 'setIntegrationMapping', 'deleteIntegrationMapping'])

async function startExecution(organization: Organization, workflowName: string, parameters: object): Promise<string> {
  const order = { workflow_name: workflowName, parameters }
  const started = await installation.call('POST', '/api/workflows/execute?wait=0', order, { 'x-organization-id': organization.id })
  assert.ok(started.status < 300, JSON.stringify(started.body))
  return started.body.execution_id
}

async function linesOf(id: string) {
  const { logs } = (await installation.call('GET', `/api/executions/${id}/logs`)).body
  // Why a step is tried again is a line of the platform.
  return (logs as Seen['lines']).filter(({ message }) => !/ failed in attempt \d+ of \d+ and is tried again /.test(message))
}

async function seenOf({ id: organizationId }: Organization, id: string): Promise<Seen> {
  await waitForExecution(installation.api, { organizationId }, id, 60_000)
  const { result, error, steps } = (await installation.call('GET', `/api/executions/${id}`)).body
  return {
    result,
    error: error && { type: error.type, message: error.message, code: error.details.code },
    lines: (await linesOf(id)).map(({ level, message, data }) => ({ level, message, data })),
    // What was not done when the execution ended is shown as cut off.
    steps: (steps as (Seen['steps'][number] & { error: { type: string } | null })[])
      .filter(({ name }) => !ofPlatform.has(name))
      .map(({ name, status, attempt, error: failure }) => ({ name, status: failure?.type === 'CutOff' ? 'running' : status, attempt })),
  }
}

/** Ids are each time others. */
const comparable = (seen: Seen): Seen =>
  JSON.parse(JSON.stringify(seen).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'))

for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
  test(`author code that ${act} comes to the same in the test kit and in an execution`, async () => {
    const organization = await givenOrganization(`Acme that ${act}`)
    const execution = await seenOf(organization, await startExecution(organization, 'compared', { act }))
    const kit = await inKit(givenContext(organization), (ctx) => compared(ctx, { act }))
    assert.deepEqual(comparable(kit), comparable(execution))
  })
}

test('author code that is cancelled hears the same in the test kit and in an execution', async () => {
  const organization = await givenOrganization('Acme that is told')
  const { id: organizationId } = organization
  const id = await startExecution(organization, 'is_told', {})
  await until('it waits', async () => (await linesOf(id)).length > 0)
  await inScope(installation.api.db, 'allOrganizations', (transaction) => markCancelling(transaction, sql`e.id = ${id}`))
  const { status } = await waitForExecution(installation.api, { organizationId }, id, 60_000)
  assert.equal(status, 'cancelled')

  const controller = new AbortController()
  const ctx = givenContext(organization, controller.signal)
  const running = inKit(ctx, (context) => isTold(context))
  await until('it waits', () => ctx.steps.length > 0)
  controller.abort(new DOMException('The execution was cancelled.', 'AbortError'))
  const messages = (lines: { message: string }[]) => lines.map(({ message }) => message)
  assert.deepEqual(messages((await running).lines), messages(await linesOf(id)))
})

test('what a vendor says is in the error, and a secret in it is masked in an execution alone', async () => {
  const organization = await givenOrganization('Acme whose key is told')
  const execution = await seenOf(organization, await startExecution(organization, 'hears_its_key', {}))
  const kit = await inKit(givenContext(organization), (ctx) => hearsItsKey(ctx))
  const url = `${vendor.url}/keys`
  assert.equal(kit.error?.message, `GET ${url} answered 401 Unauthorized: The key ${token} is not known.`)
  assert.equal(execution.error?.message, `GET ${url} answered 401 Unauthorized: The key [secret] is not known.`)
})
