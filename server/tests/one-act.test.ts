import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answer, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'
import { endProcess } from '../testing/worker-process.ts'

// Workers are killed while the vendor has created a ticket and not answered: nothing may be created twice.

const integration = `
import { BaseIntegration, readJson } from '@crosswalk/sdk'

class DeskClient {
  #url
  #context
  constructor(url, context) {
    this.#url = url
    this.#context = context
  }
  async findTicket(subject) { return readJson(await fetch(this.#url + '/tickets/' + subject)) }
  async createTicket(subject) {
    const headers = { 'idempotency-key': this.#context.idempotencyKey() }
    return readJson(await fetch(this.#url + '/tickets/' + subject, { method: 'POST', headers }), { method: 'POST' })
  }
  async comment(subject) { return readJson(await fetch(this.#url + '/comments/' + subject, { method: 'POST' }), { method: 'POST' }) }
}

export class Desk extends BaseIntegration {
  static integrationName = 'desk'
  supportsOrgMapping() { return true }
  async getClient(mapping) { return new DeskClient(mapping.externalOrgId, this.context) }
  async testConnection() { return { success: true, message: 'It answers.' } }
}
`
const workflow = (name: string, body: string) => `
import { workflow } from '@crosswalk/sdk'
import { Desk } from '../integrations/desk.ts'

export const ${name} = workflow({ name: '${name}', description: 'Reports a ticket.' }, async (ctx) => {
  const client = await ctx.getIntegration(Desk)
  ${body}
})
`
const workflows: Record<string, string> = {
  looks_then_creates: `
  await client.findTicket('before')
  const ticket = await ctx.step('report ticket', async () => {
    await ctx.log('info', 'looking')
    return (await client.findTicket('looked_for')) ?? (await client.createTicket('looked_for'))
  })
  await ctx.log('info', 'reported')
  await ctx.log('info', 'done')
  return ticket`,
  sends_its_key: `return client.createTicket('keyed')`,
  sends_its_key_in_a_step: `return ctx.step('create', () => client.createTicket('keyed_in_step'))`,
  maps_in_a_step: `
  return ctx.step('map', async () => {
    const { id, externalOrgId } = await ctx.getIntegrationMapping(Desk)
    await ctx.setIntegrationMapping({ integrationName: 'desk', externalOrgId, mappingId: id })
    return ctx.step('within', () => id)
  })`,
  waits_in_a_step: `
  return ctx.step('create and comment', async () => {
    const ticket = await client.createTicket('commented')
    await client.comment('commented')
    return ticket
  })`,
}

type Ticket = { subject: string; key: string | undefined }
let tickets: Ticket[] = []
let refusedComments = 0
let isCutOff = true
let vendor: SimulatedVendor
let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let processes: TestProcesses
const ids: Record<string, string> = {}
const killed = ['looks_then_creates', 'sends_its_key', 'sends_its_key_in_a_step']

before(async () => {
  const never = new Promise<null>(() => {})
  vendor = await simulateVendor({
    'GET /tickets/:subject': ({ params }) => tickets.find(({ subject }) => subject === params.subject) ?? null,
    'POST /tickets/:subject': ({ params: { subject = '' }, headers }) => {
      const ticket = { subject, key: headers['idempotency-key']?.toString() }
      tickets = [...tickets, ticket]
      return isCutOff ? never : ticket
    },
    'POST /comments/:subject': () => (refusedComments-- > 0 ? answer(429, null, { 'retry-after': '0' }) : 'kept'),
  })
  workspace = await temporaryWorkspace({
    'integrations/desk.ts': integration,
    ...Object.fromEntries(Object.entries(workflows).map(([name, body]) => [`workflows/${name}.ts`, workflow(name, body)])),
  })
  processes = await startProcesses(workspace.path)
  const first = await processes.startWorker()
  await processes.map('desk', vendor.url)
  for (const name of killed) ids[name] = await processes.execute(name)
  await until('all have created', () => tickets.length === killed.length)
  const isShown = async (id: string) =>
    (await processes.shown(id)).steps.some(
      ({ status, attempts, name }) =>
        status === 'running' && (name === 'desk.createTicket' || attempts[0]?.calls.some((call) => call.name === 'desk.createTicket')),
    )
  await until('that is seen', async () => (await Promise.all(Object.values(ids).map(isShown))).every(Boolean))
  await endProcess(first, 'SIGKILL')
  isCutOff = false
  await processes.startWorker()
})
after(async () => {
  await processes[Symbol.asyncDispose]()
  await vendor.stop()
  await workspace[Symbol.asyncDispose]()
})

const ticketsOf = (subject: string) => tickets.filter((ticket) => ticket.subject === subject)
const endedOf = (name: string) => processes.ended(ids[name] ?? '')

test('a step that looks and then creates is one act: after kill -9 it looks again, and makes no double', async () => {
  const { status, result } = await endedOf('looks_then_creates')
  assert.equal(status, 'success')
  assert.equal(ticketsOf('looked_for').length, 1)
  assert.deepEqual(result, ticketsOf('looked_for')[0])
})

test('what a step called is shown under it, and the attempt that was cut off beside the one that did it', async () => {
  const { steps } = await endedOf('looks_then_creates')
  assert.deepEqual(
    steps.map(({ name, status, attempt }) => [name, status, attempt]),
    [
      ['desk.findTicket', 'success', 1],
      ['report ticket', 'success', 2],
    ],
  )
  const shown = steps[1]?.attempts.map(({ attempt, status, calls }) => [attempt, status, calls.map((call) => [call.name, call.status])])
  assert.deepEqual(shown, [
    [
      1,
      'cut_off',
      [
        ['desk.findTicket', 'success'],
        ['desk.createTicket', 'cut_off'],
      ],
    ],
    [2, 'success', [['desk.findTicket', 'success']]],
  ])
})

test('lines that a step logs do not take the place of those that the code logs when it catches up', async () => {
  await endedOf('looks_then_creates')
  const { body } = await processes.call<{ logs: { message: string }[] }>('GET', `/executions/${ids.looks_then_creates}/logs`)
  const messages = body.logs.map(({ message }) => message).filter((message) => !message.startsWith('The execution continues'))
  assert.deepEqual(messages, ['looking', 'looking', 'reported', 'done'])
})

test("a client's method sends the same key when it is called again after kill -9, in a step too", async () => {
  for (const [name, subject] of [
    ['sends_its_key', 'keyed'],
    ['sends_its_key_in_a_step', 'keyed_in_step'],
  ] as const) {
    const { status, steps } = await endedOf(name)
    assert.equal(status, 'success')
    const keys = ticketsOf(subject).map(({ key }) => key)
    assert.equal(keys.length, 2, 'the vendor does not know the key, and was asked twice')
    assert.match(keys[0] ?? '', /^[0-9a-f]{32}$/)
    assert.equal(keys[0], keys[1])
    if (name === 'sends_its_key') assert.equal(steps[0]?.idempotency_key, keys[0], 'so that a person can ask the vendor')
    assert.deepEqual(
      steps[0]?.attempts.map(({ status: ending }) => ending),
      ['cut_off', 'success'],
    )
  }
  const keys = new Set(tickets.map(({ key }) => key))
  assert.equal(keys.size, killed.length)
})

test('a change of a mapping and a step within a step are a part of it', async () => {
  const { status, steps, error } = await processes.ended(await processes.execute('maps_in_a_step'))
  assert.equal(status, 'success', JSON.stringify(error))
  assert.deepEqual(
    steps.map(({ name, attempts }) => [name, attempts.map(({ calls }) => calls.map((call) => call.name))]),
    [['map', [['setIntegrationMapping', 'within']]]],
  )
})

test('a call within a step waits for the vendor by itself, is shown each time, and the step is not done again', async () => {
  refusedComments = 2
  const { status, steps } = await processes.ended(await processes.execute('waits_in_a_step'))
  assert.equal(status, 'success')
  assert.equal(ticketsOf('commented').length, 1)
  assert.deepEqual(
    steps.map(({ attempts }) => attempts.map(({ calls }) => calls.map((call) => [call.name, call.status]))),
    [
      [
        [
          ['desk.createTicket', 'success'],
          ['desk.comment', 'failed'],
          ['desk.comment', 'failed'],
          ['desk.comment', 'success'],
        ],
      ],
    ],
  )
  refusedComments = 99
  const failed = await processes.ended(await processes.execute('waits_in_a_step'))
  assert.equal(failed.status, 'failed')
  assert.deepEqual([ticketsOf('commented').length, failed.steps[0]?.attempts.length], [2, 1])
})
