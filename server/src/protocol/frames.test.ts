import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Frame, FrameReader, FrameWriter, frameOf, headerBytes, maxFrameBytes, ProtocolViolation, processKey } from './frames.ts'

const keys = fc.stringMatching(/^[0-9a-f]{32}$/)
const frames = fc.array(fc.record({ key: keys, text: fc.string({ minLength: 1, unit: 'binary' }) }), { maxLength: 20 })

test('frames come out as they went in, in whatever pieces the bytes arrive', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }), (given, sizes) => {
      const written: Buffer[] = []
      const writer = new FrameWriter((frame) => written.push(frame))
      for (const { key, text } of given) writer.write(key, text)
      const bytes = Buffer.concat(written)
      const read: Frame[] = []
      const reader = new FrameReader((frame) => read.push(frame))
      for (let start = 0, turn = 0; start < bytes.length; turn++) {
        const end = start + (sizes[turn % sizes.length] as number)
        reader.push(bytes.subarray(start, end))
        start = end
      }
      assert.deepEqual(
        read,
        given.map(({ key, text }) => ({ key, text: text.toWellFormed() })),
      )
    }),
  )
})

test('a frame of no length, or of more than memory holds, is refused by its header alone', () => {
  for (const length of [0, maxFrameBytes + 1, 2 ** 31, 2 ** 32 - 1]) {
    const header = Buffer.alloc(headerBytes)
    header.writeUInt32LE(length, 0)
    assert.throws(() => new FrameReader(() => {}).push(header), ProtocolViolation)
  }
  assert.throws(() => frameOf(0, processKey, 'x'.repeat(maxFrameBytes + 1)), RangeError)
})

test('a frame that is repeated, left out or out of turn is refused', () => {
  const one = frameOf(0, processKey, '{}')
  for (const next of [0, 2, 2 ** 32 - 1]) {
    const reader = new FrameReader(() => {})
    reader.push(one)
    assert.throws(() => reader.push(frameOf(next, processKey, '{}')), { message: `A frame has the number ${next}, and not 1.` })
  }
})

test('half a frame says nothing, however long it takes', () => {
  const read: Frame[] = []
  const reader = new FrameReader((frame) => read.push(frame))
  const frame = frameOf(0, processKey, '{"type":"pong"}')
  reader.push(frame.subarray(0, frame.length - 1))
  assert.deepEqual(read, [])
  reader.push(frame.subarray(frame.length - 1))
  assert.equal(read.length, 1)
})
