import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemActing } from '../src/audit/audit.ts'
import type { HostRequest } from '../src/engine/state/requests.ts'
import { retryExecution } from '../src/history/retrying.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

const secretValue = 'correct "horse"\nbattery & staple'
const getSecret: HostRequest = {
  name: 'getSecret',
  isRecorded: false,
  async handle(context) {
    context.mask(secretValue)
    return secretValue
  },
}

let worker: TestWorker
before(async () => {
  worker = await startTestWorker({ requests: [getSecret], knownSecrets: async () => [secretValue] })
})
after(() => worker[Symbol.asyncDispose]())

test('a workflow gets its organization, caller and parsed parameters, and its result and log are kept', async () => {
  const execution = await worker.run('answers', { value: 'forty-two' })
  assert.equal(execution.status, 'success')
  assert.deepEqual(execution.result, { value: 'forty-two', organization: 'Acme', caller: 'Test' })
  const [line] = await worker.lines(execution.id)
  assert.deepEqual(line, {
    sequence: 0,
    level: 'info',
    message: 'the value is forty-two',
    data: { value: 'forty-two' },
    is_from_author: true,
  })
})

test('how far the code has said that it is, is known after the end, however soon that came', async () => {
  const { result, progress } = await worker.run('talks', { lines: 7, pauseMs: 0 })
  assert.deepEqual([result, progress], [7, { done: 7, total: 7, message: null }])
})

test('parameters that do not fit fail the execution with each field named', async () => {
  const execution = await worker.run('answers', { value: 7 })
  assert.equal(execution.error?.details.code, 'validation_failed')
  assert.ok('value' in (execution.error?.details ?? {}), JSON.stringify(execution.error))
})

test('a step is recorded with its name, attempt and outcome', async () => {
  const execution = await worker.run('one_step')
  assert.equal(execution.result, 2)
  assert.deepEqual(await worker.steps(execution.id), [{ position: 0, name: 'add', status: 'success', attempt: 1, error: null }])
})

test('steps that run at once keep their results apart', async () => {
  const execution = await worker.run('many_steps', { chains: 5, length: 8 })
  assert.deepEqual(
    execution.result,
    [0, 1, 2, 3, 4].map((chain) => chain * 8_000 + 28),
  )
  assert.equal((await worker.steps(execution.id)).length, 40)
})

test('a failing step is tried again as its retry says, and every retry is in the log', async () => {
  const execution = await worker.run('flaky')
  assert.equal(execution.result, 3)
  const lines = await worker.lines(execution.id)
  assert.equal(lines.length, 2)
  assert.match(lines[0]?.message ?? '', /^try failed in attempt 1 of 5 and is tried again (at once|in 0\.\d s): attempt 1 failed$/)
})

test('what a step returns comes back as it was: dates, maps, and objects that cannot be recorded', async () => {
  assert.deepEqual((await worker.run('dates')).result, { isDate: true, isMap: true, greeting: 'hello' })
})

const failures: [workflow: string, type: string, code: string | undefined, message: RegExp][] = [
  ['throws_error', 'RangeError', undefined, /^nothing fits$/],
  ['throws_text', 'Error', 'not_an_error', /^just text$/],
  ['returns_cycle', 'TypeError', 'result_not_serializable', /cannot be turned into JSON/],
  ['returns_bigint', 'TypeError', 'result_not_serializable', /BigInt/],
  ['exits', 'Error', 'process_exit', /process\.exit is not available/],
  ['rejects_unhandled', 'Error', undefined, /^nobody waits for me$/],
  ['throws_from_timer', 'Error', undefined, /^thrown from a timer$/],
]
for (const [workflow, type, code, message] of failures) {
  test(`${workflow} fails alone, with a plain reason`, async () => {
    const innocent = worker.run('many_steps', { chains: 2, length: 20 })
    const execution = await worker.run(workflow)
    assert.equal(execution.status, 'failed')
    assert.equal(execution.error?.type, type)
    assert.equal(execution.error?.details.code, code)
    assert.match(execution.error?.message ?? '', message)
    assert.equal((await innocent).status, 'success')
  })
}

test('the stack of an error points into the author’s file and nowhere else', async () => {
  const { error } = await worker.run('throws_error')
  assert.match(String(error?.details.stack), /^at workflows\/unruly\.ts:\d+:\d+$/)
})

test('a workflow that never returns ends when its time is over', async () => {
  const execution = await worker.run('never_returns', {}, 300)
  assert.equal(execution.status, 'timeout')
  assert.match(execution.error?.message ?? '', /longer than its limit of 0\.3 seconds/)
})

/** What is not about their time has enough of it, also on a machine that does other things. */
const enoughMs = 120_000

for (const [workflow, code] of [
  ['loops_for_ever', 'stalled'],
  ['exhausts_heap', 'out_of_memory'],
] as const) {
  test(`${workflow} fails with ${code}, and those that shared its process continue and do no step twice`, async () => {
    const innocents = Array.from({ length: 4 }, () => worker.submit('many_steps', { chains: 3, length: 150 }, enoughMs))
    const guilty = await worker.submit(workflow, {}, enoughMs)
    const execution = await worker.ended(guilty)
    assert.equal(execution.status, 'failed')
    assert.equal(execution.error?.details.code, code)
    for (const id of await Promise.all(innocents)) {
      assert.equal((await worker.ended(id)).status, 'success', JSON.stringify((await worker.ended(id)).error))
      const lines = await worker.lines(id)
      assert.deepEqual(
        lines.map((line) => line.sequence),
        lines.map((_, index) => index),
      )
      assert.equal(lines.filter((line) => line.is_from_author).length, 450)
      assert.equal((await worker.steps(id)).length, 450)
    }
  })
}

test('author code has no environment, and may not read, write or start anything outside', async () => {
  const execution = await worker.run('reaches', { path: '/etc/hostname' })
  assert.deepEqual(execution.result, {
    environment: '{}',
    read: 'ERR_ACCESS_DENIED',
    write: 'ERR_ACCESS_DENIED',
    child: 'ERR_ACCESS_DENIED',
    thread: 'ERR_ACCESS_DENIED',
  })
})

test('a secret that was read is masked in log, result, error and steps, in every form', async () => {
  for (const fail of [false, true]) {
    const execution = await worker.run('leaks_secret', { fail })
    const left = JSON.stringify([execution, await worker.lines(execution.id), await worker.steps(execution.id)])
    assert.ok(!left.includes(secretValue), left)
    for (const form of [
      ...['horse', 'battery', 'staple', 'corre'],
      Buffer.from(secretValue).toString('base64').slice(0, 20),
      Buffer.from(`me:${secretValue}`).toString('base64').slice(8, 28),
      Buffer.from(secretValue).toString('hex').slice(0, 20),
    ])
      assert.ok(!left.includes(form), form)
    assert.ok(left.includes('[secret]'))
  }
})

test('a secret that comes back from a recorded step is masked as well, though nobody asks for it again', async () => {
  const first = await worker.run('leaks_on_retry')
  const { id } = await retryExecution(worker.db, systemActing, first)
  const retry = await worker.ended(id)
  assert.equal(retry.error?.message, 'cannot use [secret]')
  const lines = (await worker.lines(id)).map(({ message }) => message)
  assert.ok(lines.includes('the token is [secret]') && !JSON.stringify(lines).includes('horse'), String(lines))
})

test('a definition that is no longer there fails the execution and says so', async () => {
  const execution = await worker.run('was_removed')
  assert.equal(execution.error?.details.code, 'definition_not_found')
})

test('a step that the code returned without is shown as left behind, however well the execution ended', async () => {
  const execution = await worker.run('compared', { act: 'lets a step lose a race' })
  assert.deepEqual([execution.status, execution.result], ['success', 'fast'])
  assert.deepEqual(
    (await worker.steps(execution.id)).map(({ name, status, error }) => [name, status, error]),
    [
      ['slow', 'failed', { type: 'CutOff', message: 'The execution ended before this step did.', details: {} }],
      ['fast', 'success', null],
    ],
  )
})
