import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { until } from '../../../testing/until.ts'
import type { SessionMessage } from '../../protocol/channel.ts'
import { frameOf, processKey } from '../../protocol/frames.ts'
import { stringifyWire } from '../../protocol/wire-json.ts'
import { RunnerPipe, type Taken } from './runner-pipe.ts'

const key = 'ab'.repeat(16)

type Heard = { messages: SessionMessage[]; violations: { message: string; key: string | undefined }[] }
type Line = { runner: Socket; pipe: RunnerPipe; heard: Heard }

describe('the pipe between a worker and a runner', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let server: ReturnType<typeof createServer>
  before(async () => {
    directory = await temporaryDirectory()
    server = createServer().listen(join(directory.path, 'pipe'))
    await once(server, 'listening')
  })
  after(async () => {
    server.close()
    await directory[Symbol.asyncDispose]()
  })

  /** Both ends of a pipe; `take` decides how long its reader is held up. */
  async function givenPipe(take: (message: SessionMessage) => Taken = () => undefined): Promise<Line> {
    const accepted = once(server, 'connection')
    const runner = new Socket().on('error', () => {}).connect(join(directory.path, 'pipe'))
    const [socket] = (await accepted) as [Socket]
    const heard: Heard = { messages: [], violations: [] }
    const pipe = new RunnerPipe(socket, {
      onMessage: () => {},
      onSessionMessage(_key, message) {
        heard.messages.push(message)
        return take(message)
      },
      onViolation(violation, of) {
        heard.violations.push({ message: violation.message, key: of })
        socket.destroy()
      },
    })
    return { runner, pipe, heard }
  }

  async function said(bytes: Buffer): Promise<Heard> {
    const { runner, pipe, heard } = await givenPipe()
    runner.end(bytes)
    await pipe.closed
    return heard
  }

  const sentence = (json: string) => said(frameOf(0, key, json))

  test('of large results one is taken at a time, in order with what comes behind it, and small ones pass it by', async () => {
    const recorded = Promise.withResolvers<void>()
    const performed = (number: number, chars: number) =>
      `{"type":"performed","number":${number},"attempt":1,"outcome":{"ok":true,"value":"${'x'.repeat(chars)}"},"isPlain":true,"hasCalls":false}`
    const isLarge = (message: SessionMessage) =>
      message.type === 'performed' && message.outcome.ok && String(message.outcome.value).length > 100
    const holdUp = (message: SessionMessage) => (isLarge(message) ? recorded.promise : undefined)
    const [first, second, third] = [await givenPipe(holdUp), await givenPipe(holdUp), await givenPipe(holdUp)]
    first.runner.write(frameOf(0, key, performed(1, 2 << 20)))
    await until('the first is taken', () => first.heard.messages.length === 1)
    second.runner.end(
      Buffer.concat([performed(1, 2 << 20), performed(2, 1), performed(3, 2 << 20)].map((json, at) => frameOf(at, key, json))),
    )
    third.runner.write(frameOf(0, key, performed(1, 1)))
    await until('a small one is taken', () => third.heard.messages.length === 1)
    assert.equal(second.heard.messages.length, 0)
    recorded.resolve()
    await second.pipe.closed
    assert.deepEqual(
      second.heard.messages.map((message) => message.type === 'performed' && message.number),
      [1, 2, 3],
    )
    for (const { runner } of [first, third]) runner.destroy()
  })

  test('what is not of the form of a message is a violation of the session that said it, and names no value', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    for (const [json, reason] of [
      ['{"type":"ended","outcome":null}', 'A message of the type ended is not of its form, at outcome.'],
      ['{"type":"ended","outcome":{"ok":false,"error":null}}', 'A message of the type ended is not of its form, at outcome.error.'],
      ['{"type":"ended","outcome":{"ok":true,"value":{"$":"map","v":{"length":4294967295}}}}', 'A message of the type ended is no JSON.'],
      ['{"type":"ended","outcome":{"ok":true,"value":1},"executionId":"x"}', 'A message of the type ended is not of its form, at its top.'],
      [
        `{"type":"log","level":"info","message":"m","data":${nested(3_000)},"isInStep":false}`,
        'A message of the type log is nested more than 680 deep.',
      ],
      [
        `{"type":"log","level":"info","message":"m","data":${'['.repeat(1_000_000)},"isInStep":false}`,
        'A message of the type log is nested more than 680 deep.',
      ],
      [
        '{"type":"log","level":"info","message":{"toString":1},"isInStep":false}',
        'A message of the type log is not of its form, at message.',
      ],
      ['{"type":"log","level":"fatal","message":"m","isInStep":false}', 'A message of the type log is not of its form, at level.'],
      [
        `{"type":"log","level":"info","message":"${'x'.repeat(3 << 20)}","isInStep":false}`,
        'A message of the type log is 3145787 characters long.',
      ],
      ['{"type":"progress","done":1e999}', 'A message of the type progress is not of its form, at done.'],
      ['{"type":"progress","done":"1"}', 'A message of the type progress is not of its form, at done.'],
      [
        '{"type":"call","number":1,"attempt":1,"index":-1,"name":"n","startedAtMs":1,"end":null}',
        'A message of the type call is not of its form, at index.',
      ],
      [
        '{"type":"step","number":1,"name":"n","fingerprint":"","retry":{"maxAttempts":-1}}',
        'A message of the type step is not of its form, at retry.maxAttempts.',
      ],
      ['{"type":"shutdown"}', 'A message has no type that is known.'],
      ['{"type":"__proto__"}', 'A message has no type that is known.'],
      ['{"type":"loaded","definitions":[],"problems":[],"codeVersion":""}', 'A message has no type that is known.'],
      ['{"outcome":{"ok":true,"value":1},"type":"ended"}', 'A message has no type that is known.'],
      ['{"type":"probed","isIdle":true,"type":"ended"}', 'A message of the type probed names another type as well.'],
      ['{"type":"ended",', 'A message of the type ended is no JSON.'],
      ['null', 'A message has no type that is known.'],
    ] as const)
      assert.deepEqual(await sentence(json), { messages: [], violations: [{ message: reason, key }] }, json.slice(0, 200))
  })

  test('what breaks the frames is a violation of nobody in particular', async () => {
    const frame = frameOf(0, key, '{"type":"waiting","ms":1}')
    const huge = Buffer.from(frame)
    huge.writeUInt32LE(2 ** 31, 0)
    for (const bytes of [huge, frameOf(1, key, '{}'), frameOf(0, key, ''), Buffer.alloc(70_000, 0xff), Buffer.concat([frame, frame])]) {
      const { violations } = await said(bytes)
      assert.equal(violations.length, 1)
      assert.equal(violations[0]?.key, undefined)
    }
    assert.deepEqual(await said(frame.subarray(0, 30)), { messages: [], violations: [] })
  })

  test('strange data is held to its form, and its members are no members of anything else', async () => {
    const data =
      '{"toString":1,"valueOf":1,"__proto__":{"toJSON":1},"half":"\\ud800","zero":"\\u0000","large":1e308,"list":{"$":"set","v":[1]}}'
    const { messages, violations } = await sentence(`{"type":"log","level":"info","message":"m","data":${data},"isInStep":false}`)
    assert.deepEqual(violations, [])
    assert.equal(JSON.stringify((messages[0] as { data: unknown }).data).includes('"__proto__":{"toJSON":1}'), true)
    const { messages: ended } = await sentence(
      '{"type":"ended","outcome":{"ok":false,"error":{"message":{"toString":1},"cause":{"message":7}}}}',
    )
    assert.equal(ended.length, 1)
  })

  test('nothing is read while what was read is not taken, and it continues where it was', async () => {
    const room = Promise.withResolvers<void>()
    let isFull = true
    const { runner, pipe, heard } = await givenPipe(() => (isFull ? room.promise : undefined))
    const text = stringifyWire({ type: 'log', level: 'info', message: 'x'.repeat(30_000), isInStep: false })
    let number = 0
    // As a runner does: not more than the pipe takes.
    const isWritten = (async () => {
      while (number < 1_000) if (!runner.write(frameOf(number++, key, text))) await once(runner, 'drain')
    })()
    await until('it is paused', () => pipe.isPaused)
    for (let turn = 0; turn < 50; turn++) await nextTurn()
    assert.ok(number < 100 && heard.messages.length < 20, `${number} were written and ${heard.messages.length} heard`)
    isFull = false
    room.resolve()
    await isWritten
    await until('all are heard', () => heard.messages.length === 1_000)
    runner.destroy()
  })

  test('a runner that asks and does not read is not answered, and at last is ended', async () => {
    let answered = 0
    const { runner, pipe, heard } = await givenPipe((message) => {
      if (message.type !== 'ask') return undefined
      answered++
      pipe.sendOf(key, { type: 'answer', number: message.number, outcome: { ok: true, value: 'x'.repeat(100_000) } })
      return undefined
    })
    runner.pause()
    for (let number = 0; number < 60_000; number++)
      runner.write(frameOf(number, key, stringifyWire({ type: 'ask', number, request: 'getConfig', args: null, isInStep: false })))
    await pipe.closed
    assert.deepEqual(heard.violations, [{ message: 'The runner asks for more and more, and does not read the answers.', key }])
    assert.ok(answered < 60, `${answered} were answered`)
    runner.destroy()
  })

  // Longer with CROSSWALK_FUZZ_RUNS, for instance 1000000.
  const numRuns = Number(process.env.CROSSWALK_FUZZ_RUNS ?? 500)

  test('whatever bytes come, they are messages of their form or one violation', async () => {
    const { messages, pieces } = fuzzed()
    await fc.assert(
      fc.asyncProperty(messages, pieces, async (frames, cuts) => {
        const bytes = Buffer.concat(frames)
        const { runner, pipe, heard } = await givenPipe()
        let start = 0
        for (const cut of cuts) {
          runner.write(bytes.subarray(start, start + cut))
          start += cut
        }
        runner.end(bytes.subarray(start))
        await pipe.closed
        assert.ok(heard.violations.length <= 1)
        for (const { message } of heard.violations) assert.match(message, /^(A frame|A message|It holds|The runner)/)
        for (const message of heard.messages) assert.equal(typeof message.type, 'string')
      }),
      { numRuns },
    )
  })
})

/** Frames of a runner, most of them changed somewhere: in their length, number, key or bytes, or by members that do not belong there. */
function fuzzed() {
  const value = fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }))
  const written = value.map((given) => {
    try {
      return stringifyWire(given)
    } catch {
      return 'null'
    }
  })
  const type = fc.constantFrom(
    'ask',
    'step',
    'performed',
    'call',
    'log',
    'waiting',
    'progress',
    'ended',
    'probed',
    'started',
    'loaded',
    'x',
  )
  const member = fc.constantFrom(
    'number',
    'attempt',
    'outcome',
    'isPlain',
    'hasCalls',
    'request',
    'args',
    'isInStep',
    'name',
    'level',
    'message',
  )
  const made = fc
    .tuple(type, fc.array(fc.tuple(member, written), { maxLength: 8 }))
    .map(([of, members]) => `{"type":"${of}"${members.map(([name, json]) => `,"${name}":${json}`).join('')}}`)
  const seeds = fc.constantFrom(
    '{"type":"ended","outcome":null}',
    '{"type":"log","level":"info","message":"m","data":{"toString":1,"valueOf":1},"isInStep":false}',
    '{"type":"progress","done":1,"message":"m"}',
    '{"type":"ended","outcome":{"ok":true,"value":{"__proto__":{"a":1},"b":"\\ud800\\u0000","c":1e999}}}',
    `{"type":"log","level":"info","message":"m","data":${'['.repeat(3_000)}${']'.repeat(3_000)},"isInStep":false}`,
    '{"type":"performed","number":0,"attempt":1,"outcome":{"ok":true,"value":{"$":"bigint","v":"7"}},"isPlain":true,"hasCalls":false}',
  )
  const change = fc.record({ at: fc.nat(), to: fc.nat(255), isChanged: fc.boolean(), isOfText: fc.boolean() })
  const of = fc.constantFrom(key, key, key, processKey, 'cd'.repeat(16))
  const messages = fc.array(fc.tuple(fc.oneof(seeds, made, written), of, change), { minLength: 1, maxLength: 6 }).map((all) =>
    all.map(([text, session, { at, to, isChanged, isOfText }], index) => {
      const frame = frameOf(index, session, text)
      if (isChanged) frame[isOfText ? 24 + (at % Math.max(1, frame.length - 24)) : at % 24] = to
      return frame
    }),
  )
  return { messages, pieces: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 10 }) }
}
