import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type OnReadOpts, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { until } from '../../testing/until.ts'
import { Lane, type LaneOptions } from './lane.ts'
import { bytesHead, FrameReader, frameKinds, textFrame } from './lane-frames.ts'
import type { LaneStream } from './lane-stream.ts'
import { Room } from './room.ts'

const parts = new DisposableStack()
after(() => parts.dispose())

const limits = { sendWindowBytes: 100_000, receiveWindowBytes: 100_000, maxQueuedBytes: 1_000_000, maxUnreadBytes: 2_000_000 }

async function givenPair(onread?: OnReadOpts): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...(onread ? { onread } : {}) })
  const [far] = (await once(server, 'connection')) as [Socket]
  server.close()
  parts.defer(() => near.destroy())
  parts.defer(() => far.destroy())
  return [near, far]
}

/** Both ends of a lane. `serve` is given each stream at its far end. */
async function givenLanes(
  serve: (stream: LaneStream, text: string) => void,
  options: Partial<LaneOptions> = {},
  ownOptions: Partial<LaneOptions> = {},
) {
  const [near, far] = await givenPair()
  const broken: string[] = []
  const served = new Lane(far, { ...limits, ...options, onOpen: serve, onBroken: (reason) => broken.push(reason), onClose() {} })
  return { near, lane: new Lane(near, { ...limits, ...ownOptions, onClose() {} }), served, broken }
}

test('frames are found in whatever pieces they come', () => {
  const sent = Buffer.concat([
    textFrame(frameKinds.open, 1, '{"some":"text"}'),
    bytesHead(1, 5),
    Buffer.from('bytes'),
    textFrame(frameKinds.cancel, 1),
    textFrame(frameKinds.end, 2),
  ])
  for (let size = 1; size <= sent.length; size++) {
    const found: unknown[] = []
    let bytes = ''
    const reader = new FrameReader({
      onBytes: (_stream, piece) => (bytes += piece.toString()),
      onFrame: (kind, stream, payload) => found.push([kind, stream, payload.toString()]),
    })
    for (let at = 0; at < sent.length; at += size) reader.read(sent.subarray(at, at + size))
    assert.deepEqual(
      [bytes, found],
      [
        'bytes',
        [
          [1, 1, '{"some":"text"}'],
          [5, 1, ''],
          [4, 2, ''],
        ],
      ],
      `in pieces of ${size}`,
    )
  }
})

test('a stream has a head, bytes both ways, and an end of each direction by itself', async () => {
  const { lane, served } = await givenLanes((stream, text) => {
    stream.handler = { onBytes: (piece) => void stream.send(piece), onEnd: () => stream.end('enough') }
    stream.sendHead(`you asked ${text}`)
    stream.resume()
  })
  const heard: string[] = []
  const inside = new AsyncLocalStorage<string>()
  const stream = inside.run('the caller', () => lane.open('this'))
  const hear = (what: string) => void heard.push(`${what}, in ${inside.getStore()}`)
  stream.handler = {
    onHead: hear,
    onBytes: (piece) => hear(piece.toString()),
    onEnd: hear,
    onClose: (isWhole) => hear(isWhole ? 'whole' : 'broken'),
  }
  stream.send(Buffer.from('hello'))
  stream.end()
  await until('it is over', async () => stream.isOver)
  assert.deepEqual(
    heard,
    ['you asked this', 'hello', 'enough', 'whole'].map((what) => `${what}, in the caller`),
  )
  assert.deepEqual([lane.openStreams, served.openStreams], [0, 0])
})

test('who reads slowly holds its own stream up, and no other', async () => {
  const sent: Record<string, number> = {}
  const { lane } = await givenLanes((stream, name) => {
    sent[name] = 0
    const pour = () => {
      do sent[name] = (sent[name] ?? 0) + 10_000
      while (stream.send(Buffer.alloc(10_000)) && (sent[name] ?? 0) < 1_000_000)
      if (sent[name] === 1_000_000) stream.end()
    }
    stream.handler = { onDrain: pour }
    pour()
  })
  const read: Record<string, number> = { slow: 0, fast: 0 }
  const [slow, fast] = ['slow', 'fast'].map((name) => {
    const stream = lane.open(name)
    stream.handler = { onBytes: (piece) => (read[name] = (read[name] ?? 0) + piece.length), onEnd: () => stream.end() }
    return stream
  }) as [LaneStream, LaneStream]
  slow.pause()
  await until('the fast one is over', async () => fast.isOver)
  assert.deepEqual(read, { slow: 0, fast: 1_000_000 })
  assert.ok((sent.slow ?? 0) <= 110_000, `${sent.slow} bytes are under way`)
  slow.resume()
  await until('so is the slow one', async () => slow.isOver)
  assert.equal(read.slow, 1_000_000)
})

test('what is held stays as it came where all is read into one buffer', async () => {
  const buffer = Buffer.alloc(20_000)
  const callback = (bytes: number) => {
    near.emit('data', buffer.subarray(0, bytes))
    buffer.fill(0xff)
    return true
  }
  const [near, far] = await givenPair({ buffer, callback })
  const sent = Array.from({ length: 9 }, (_, index) => Buffer.alloc(10_000, index))
  new Lane(far, {
    ...limits,
    onOpen(stream, text) {
      for (const piece of sent) stream.send(piece)
      stream.sendHead(text)
      stream.end('x'.repeat(50_000))
    },
    onClose() {},
  })
  const lane = new Lane(near, { ...limits, borrowsBytes: true, onClose() {} })
  const stream = lane.open('y'.repeat(50_000))
  stream.pause()
  const [read, told]: [Buffer[], string[]] = [[], []]
  stream.handler = {
    onHead: (text) => {
      told.push(text)
      stream.resume()
    },
    onBytes: (piece) => read.push(Buffer.from(piece)),
    onEnd: (text) => told.push(text),
  }
  await until('all has come', () => told.length === 2)
  assert.ok(Buffer.concat(sent).equals(Buffer.concat(read)))
  assert.deepEqual(told, ['y'.repeat(50_000), 'x'.repeat(50_000)])
})

test('what is cancelled is over at both ends, and what was under way for it does no harm', async () => {
  let other: LaneStream | undefined
  const { lane, served, broken } = await givenLanes((stream) => {
    other ??= stream
    stream.resume()
    stream.sendHead('')
  })
  const stream = lane.open('')
  stream.handler = {
    onHead() {
      stream.send(Buffer.alloc(50_000))
      other?.cancel()
    },
  }
  await until('it is over', async () => stream.isOver && served.openStreams === 0)
  const next = lane.open('')
  let hasAnswer = false
  next.handler = { onHead: () => (hasAnswer = true) }
  await until('the next is answered', async () => hasAnswer)
  assert.deepEqual(broken, [])
})

test('a lane ends with who breaks its rules, or does not read, and all its streams with it', async () => {
  const hurt = async (attack: (near: Socket, streams: LaneStream[]) => void) => {
    const streams: LaneStream[] = []
    const { near, broken, lane } = await givenLanes((stream) => streams.push(stream))
    const stream = lane.open('')
    await until('it is open', async () => streams.length === 1)
    attack(near, streams)
    await until('it is broken', async () => broken.length > 0 && stream.isOver)
    assert.equal(streams[0]?.isOver, true)
    return broken[0]
  }
  assert.equal(await hurt((near) => near.write(Buffer.alloc(9, 0xff))), 'It sent a frame of the unknown kind 255.')
  assert.match((await hurt((near) => near.write(textFrame(frameKinds.open, 1)))) ?? '', /opened a stream twice/)
  assert.match((await hurt((near) => near.write(textFrame(frameKinds.end, 7)))) ?? '', /stream that it did not open/)
  const beyond = Buffer.concat([bytesHead(1, 60_000), Buffer.alloc(60_000), bytesHead(1, 60_000), Buffer.alloc(60_000)])
  assert.match((await hurt((near) => near.write(beyond))) ?? '', /more bytes of a stream than it may/)
})

test('who asks without end and reads no answer is cut off', async () => {
  const { near, lane, broken } = await givenLanes((stream) => {
    stream.sendHead('x'.repeat(200_000))
    stream.end()
    stream.resume()
  })
  near.pause()
  for (let time = 0; time < 50; time++) lane.open('').end()
  await until('it is cut off', async () => broken.length > 0)
  assert.deepEqual(broken, ['It does not read what it is sent.'])
})

test('what many streams leave unread is bounded in sum: more is given to those that are read, as long as there is room', async () => {
  const start = { sendStartBytes: 10_000 }
  const served: LaneStream[] = []
  const taken: number[] = []
  const serve = (stream: LaneStream) => {
    const place = served.push(stream) - 1
    taken[place] = 0
    stream.handler = { onBytes: (piece) => (taken[place] = (taken[place] ?? 0) + piece.length), onEnd: () => stream.end() }
  }
  // One may be widened, and a second not.
  const room = new Room(100_000)
  const { near, lane, broken } = await givenLanes(serve, { receiveStartBytes: 10_000, receiveRoom: room }, start)
  const bytes = Buffer.alloc(400_000)
  const streams = [0, 1, 2].map(() => {
    const stream = lane.open('')
    stream.send(bytes)
    stream.end()
    return stream
  })
  await until('all are open', async () => served.length === 3)
  // Nobody takes anything, so nobody has more than its first bytes.
  assert.ok(near.bytesWritten >= 30_000 && near.bytesWritten < 30_100, `${near.bytesWritten} bytes were sent`)
  assert.deepEqual(taken, [0, 0, 0])
  for (const stream of served) stream.resume()
  await until('all came, with room and without', async () => streams.every((stream) => stream.isOver))
  assert.deepEqual(taken, [400_000, 400_000, 400_000])
  assert.deepEqual(broken, [])
  // What was taken is given back, so all of it is left.
  assert.deepEqual([room.take(100_000), room.take(1)], [true, false])
})

test('room within room is taken from both, and given back to both', () => {
  const all = new Room(100)
  const [one, other] = [new Room(80, all), new Room(80, all)]
  assert.equal(one.take(70), true)
  assert.equal(other.take(40), false, 'there is not so much left of all')
  assert.equal(other.take(30), true)
  assert.equal(one.take(1), false)
  one.give(70)
  assert.deepEqual([other.take(51), other.take(50)], [false, true], 'its own room has 50 left, and that of all 70')
})
