import { readSync, writeSync } from 'node:fs'

// Author code that takes the pipe of its runner for itself while it is loaded, and says through it whatever it is asked to: its process
// does all that the worker can see of a runner, and none of it honestly.

type Order = { type: string; number?: number; input?: { parameters: { attack: string; ms?: number } } }

const descriptor = 3
const processKey = '0'.repeat(32)
const wait = new Int32Array(new SharedArrayBuffer(4))
/** The runner said that it loads this file, and nothing else. */
let number = 1

function frameOf(key: string, text: string, as = number++): Buffer {
  const body = Buffer.from(text)
  const header = Buffer.alloc(24)
  header.writeUInt32LE(body.length, 0)
  header.writeUInt32LE(as, 4)
  header.write(key, 8, 'hex')
  return Buffer.concat([header, body])
}

function write(bytes: Buffer): void {
  for (let start = 0; start < bytes.length; ) {
    try {
      start += writeSync(descriptor, bytes, start, bytes.length - start)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(wait, 0, 0, 1)
    }
  }
}

const say = (key: string, message: string) => write(frameOf(key, message))
const end = (key: string, value: string) => say(key, `{"type":"ended","outcome":{"ok":true,"value":${value}}}`)
const ask = (count: number, request: string, args: string) =>
  `{"type":"ask","number":${count},"request":"${request}","args":${args},"isInStep":false}`
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Says it, and continues as a runner does. */
const attacks: Record<string, (key: string) => void> = {
  null_outcome: (key) => say(key, '{"type":"ended","outcome":null}'),
  strange_error: (key) =>
    say(key, '{"type":"ended","outcome":{"ok":false,"error":{"message":{"toString":1},"details":{"__proto__":7},"cause":{}}}}'),
  proto_result: (key) =>
    end(key, '{"__proto__":{"isAdmin":true},"constructor":{"prototype":1},"half":"\\ud800","zero":"a\\u0000b","large":1e308}'),
  infinite_result: (key) => end(key, '{"number":1e999}'),
  tagged_result: (key) => end(key, '{"$":"map","v":[["a",1]]}'),
  tagged_parameters(key) {
    say(key, '{"type":"started","parameters":{"a":{"$":"bigint","v":"1"}}}')
    end(key, '1')
  },
  large_result: (key) => end(key, `"${'x'.repeat(5 * 1024 * 1024)}"`),
  coercing_data(key) {
    say(key, '{"type":"log","level":"info","message":"m","data":{"toString":1,"valueOf":1,"__proto__":{"toJSON":1}},"isInStep":false}')
    end(key, '1')
  },
  deep_data: (key) => say(key, `{"type":"log","level":"info","message":"m","data":${nested(3_000)},"isInStep":false}`),
  strange_progress(key) {
    say(key, '{"type":"progress","done":1e308,"total":-5,"message":"\\ud800\\u0000"}')
    end(key, '1')
  },
  unasked_step: (key) =>
    say(key, '{"type":"performed","number":7,"attempt":1,"outcome":{"ok":true,"value":1},"isPlain":true,"hasCalls":false}'),
  repeated_request(key) {
    say(key, ask(4, 'getConfig', '{"key":"a"}'))
    say(key, ask(4, 'getConfig', '{"key":"a"}'))
  },
  strange_requests(key) {
    const strange = [
      'null',
      '7',
      '{"key":{"$":"bigint","v":"7"}}',
      '{"key":"\\u0000"}',
      '{"key":"\\ud800"}',
      '{"$":"set","v":[1]}',
      nested(60),
    ]
    const names = ['getSecret', 'getConfig', 'getIntegrationMapping', 'getOrgMappings', 'setIntegrationMapping', 'deleteIntegrationMapping']
    let count = 0
    for (const name of [...names, 'storeExternalOrganizations', '__proto__', 'sleep'])
      for (const args of strange) say(key, ask(count++, name, args))
    for (const text of ['\\u0000', '\\ud800', 'x'.repeat(100_000)])
      for (const name of names)
        say(
          key,
          ask(
            count++,
            name,
            `{"key":"${text}","name":"${text}","integrationName":"${text}","externalOrgId":"${text}","mappingId":"${text}"}`,
          ),
        )
    ends.push({ key, atMs: Date.now() + 500 })
  },
  wrong_key: () => say('ab'.repeat(16), '{"type":"ended","outcome":{"ok":true,"value":1}}'),
  replayed_number: (key) => write(frameOf(key, '{"type":"waiting","ms":1}', number - 1)),
  huge_frame(key) {
    const frame = frameOf(key, '{}')
    frame.writeUInt32LE(2 ** 31, 0)
    write(frame)
  },
  half_frame(key) {
    write(frameOf(key, '{"type":"waiting","ms":1}').subarray(0, 30))
    for (;;) Atomics.wait(wait, 0, 0, 1_000)
  },
  flood_after_end(key) {
    end(key, '1')
    const line = '{"type":"progress","done":1}'
    for (let count = 0; count < 60_000; count++) say(key, line)
  },
  unread_answers(key) {
    for (let count = 0; count < 100_000; count++) say(key, ask(count, 'getConfig', '{"key":"large"}'))
  },
}

const ends: { key: string; atMs: number }[] = []

function hear(key: string, order: Order): void {
  if (order.type === 'ping') say(processKey, `{"type":"pong","number":${order.number}}`)
  if (order.type !== 'run' || !order.input) return
  const { attack, ms = 0 } = order.input.parameters
  if (attack === 'none') ends.push({ key, atMs: Date.now() + ms })
  else attacks[attack]?.(key)
}

say(
  processKey,
  '{"type":"loaded","definitions":[{"kind":"workflow","name":"unformed","file":"workflows/speaker.ts"}],"exportNames":[],"problems":[],"codeVersion":"hostile","marks":"-"}',
)
let unread = Buffer.alloc(0)
const piece = Buffer.alloc(65_536)
for (;;) {
  try {
    const length = readSync(descriptor, piece)
    if (length === 0) break
    unread = Buffer.concat([unread, piece.subarray(0, length)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') break
    Atomics.wait(wait, 0, 0, 5)
  }
  while (unread.length >= 24 && unread.length >= 24 + unread.readUInt32LE(0)) {
    const length = 24 + unread.readUInt32LE(0)
    const frame = unread.subarray(0, length)
    unread = unread.subarray(length)
    hear(frame.toString('hex', 8, 24), JSON.parse(frame.toString('utf8', 24)))
  }
  for (const { key } of ends.filter(({ atMs }) => atMs <= Date.now())) end(key, '"fine"')
  ends.splice(0, ends.length, ...ends.filter(({ atMs }) => atMs > Date.now()))
}
