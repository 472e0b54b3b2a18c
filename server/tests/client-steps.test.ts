import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { answer, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'
import { endProcess } from '../testing/worker-process.ts'

// A worker is killed with three executions under way, the code of two is changed, and another worker starts.

const integration = `
import { BaseIntegration, readJson } from '@crosswalk/sdk'

class Client {
  #url
  constructor(url) { this.#url = url }
  async #send(method, path) { return readJson(await fetch(this.#url + path, { method }), { method }) }
  async add(place, item) { return this.#send('POST', '/' + place + '/add/' + item) }
  plain(place) { return this.#send('POST', '/' + place + '/plain') }
  async peek(place) { return this.#send('GET', '/' + place + '/peek') }
}

/** Sends to the address in its mapping's id. */
export class Books extends BaseIntegration {
  static integrationName = 'books'
  static recorded = ['plain']
  static unrecorded = ['peek']
  supportsOrgMapping() { return true }
  async getClient(mapping) { return new Client(mapping.externalOrgId) }
  async testConnection() { return { success: true, message: 'It keeps books.' } }
}
`
const workflowFile = (name: string) => `workflows/${name}.ts`
const workflow = (name: string, body: string) => `
import { workflow } from '@crosswalk/sdk'
import { Books } from '../integrations/books.ts'

export const run = workflow({ name: '${name}', description: 'Keeps books.' }, async (ctx) => {
  const books = await ctx.getIntegration(Books)
  const place = '${name}'
  ${body}
})
`
const original = `
  const sum = [await books.add(place, 1), await books.plain(place)]
  const refusal = await books.add(place, 'refused').catch((error) => error.details.status)
  await books.peek(place)
  sum.push(await books.add(place, 'last'))
  return { sum, refusal }`
const fitting = `
  const sum = [await books.add(place, 1), await books.plain(place)]
  await books.add(place, 'refused').catch(() => {})
  sum.push(await books.add(place, 'new'))
  return { sum, isNew: true }`
const unfitting = `
  const sum = [await books.add(place, 1)]
  sum.push(await books.add(place, 'new'))
  return { sum }`

const names = ['unchanged', 'fits', 'fits_not'] as const
const vendorDelayMs = 60

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let vendor: SimulatedVendor
let processes: TestProcesses
let ids: Record<(typeof names)[number], string>
/** What was shown of the one whose code stays, before its worker was killed. */
let stepsBefore: Awaited<ReturnType<TestProcesses['shown']>>['steps']

before(async () => {
  // What hangs in the last call is cut off by the death of its process.
  let isLastAnswered = false
  const cutOff = new Promise<null>(() => {})
  vendor = await simulateVendor({
    'POST /:place/add/:item': async ({ params: { item } }) => {
      if (item === 'last' && !isLastAnswered) return cutOff
      if (item === 'refused') return answer(422)
      await delay(vendorDelayMs)
      return item === '1' ? 1 : 100
    },
    'POST /:place/plain': 10,
    'GET /:place/peek': 'seen',
  })
  workspace = await temporaryWorkspace({
    'integrations/books.ts': integration,
    ...Object.fromEntries(names.map((name) => [workflowFile(name), workflow(name, original)])),
  })
  processes = await startProcesses(workspace.path)
  const worker = await processes.startWorker()
  await processes.map('books', vendor.url)
  const [unchanged = '', fits = '', fitsNot = ''] = await Promise.all(names.map((name) => processes.execute(name)))
  ids = { unchanged, fits, fits_not: fitsNot }
  await until('all are in their last call', () => names.every((name) => countOf(`/${name}/add/last`) === 1))
  const isLastShown = async (id: string) => (await processes.shown(id)).steps.length === 4
  await until('that is seen', async () => (await Promise.all(Object.values(ids).map(isLastShown))).every(Boolean))
  stepsBefore = (await processes.shown(ids.unchanged)).steps
  await endProcess(worker, 'SIGKILL')
  isLastAnswered = true
  await workspace.write(workflowFile('fits'), workflow('fits', fitting))
  await workspace.write(workflowFile('fits_not'), workflow('fits_not', unfitting))
  await processes.startWorker()
})
after(async () => {
  await processes[Symbol.asyncDispose]()
  await vendor.stop()
  await workspace[Symbol.asyncDispose]()
})

const countOf = (path: string) => vendor.requests.filter((request) => request.path === path).length
const countsOf = (place: string) =>
  Object.fromEntries(['add/1', 'plain', 'add/refused', 'peek', 'add/last', 'add/new'].map((call) => [call, countOf(`/${place}/${call}`)]))

test('calls on a client are shown as steps with their duration, attempt and outcome, and what opted out is not', () => {
  assert.deepEqual(
    stepsBefore.map(({ name, attempt, status }) => [name, attempt, status]),
    [
      ['books.add', 1, 'success'],
      ['books.plain', 1, 'success'],
      ['books.add', 1, 'failed'],
      ['books.add', 1, 'running'],
    ],
  )
  const [slow, , refused, last] = stepsBefore
  assert.ok(Number(slow?.duration_ms) >= vendorDelayMs - 1, `it took ${slow?.duration_ms} ms`)
  assert.match(refused?.error?.message ?? '', /POST .*\/unchanged\/add\/refused answered 422/)
  assert.equal(last?.duration_ms, null)
})

test('a call says what it was called with, before it has ended and after another worker continued', async () => {
  const argumentsOf = (steps: { arguments?: string | null }[]) => steps.map((step) => JSON.parse(step.arguments ?? 'null'))
  const expected = [['unchanged', 1], ['unchanged'], ['unchanged', 'refused'], ['unchanged', 'last']]
  assert.deepEqual(argumentsOf(stepsBefore as never), expected)
  assert.deepEqual(argumentsOf((await processes.ended(ids.unchanged)).steps as never), expected)
})

test('after kill -9 the recorded calls are not made again, failed ones neither; what opted out and what was cut off are', async () => {
  const execution = await processes.ended(ids.unchanged)
  assert.deepEqual([execution.status, execution.result], ['success', { sum: [1, 10, 100], refusal: 422 }])
  assert.deepEqual(countsOf('unchanged'), { 'add/1': 1, plain: 1, 'add/refused': 1, peek: 2, 'add/last': 2, 'add/new': 0 })
  assert.deepEqual(execution.steps.slice(0, 3), stepsBefore.slice(0, 3), 'they are shown as they were')
  assert.deepEqual(
    execution.steps.slice(3).map(({ name, status }) => [name, status]),
    [['books.add', 'success']],
  )
})

test('code that was changed meanwhile continues where the records still fit', async () => {
  const execution = await processes.ended(ids.fits)
  assert.deepEqual([execution.status, execution.result], ['success', { sum: [1, 10, 100], isNew: true }], JSON.stringify(execution.error))
  assert.deepEqual(countsOf('fits'), { 'add/1': 1, plain: 1, 'add/refused': 1, peek: 1, 'add/last': 1, 'add/new': 1 })
})

test('code that was changed so that a recorded call is not asked for fails, names it, and does nothing else', async () => {
  const { status, error } = await processes.ended(ids.fits_not)
  assert.deepEqual([status, error?.details], ['failed', { step: 'books.plain', code: 'code_changed' }])
  assert.match(error?.message ?? '', /no longer asks for the step 'books\.plain'/)
  assert.deepEqual(countsOf('fits_not'), { 'add/1': 1, plain: 1, 'add/refused': 1, peek: 1, 'add/last': 1, 'add/new': 0 })
})
