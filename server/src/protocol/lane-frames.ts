// What goes over a lane between a runner and the gateway: frames of many streams, each with a head of nine bytes.
//   length of what follows (4 bytes, the first is the highest), kind (1), number of the stream (4)

export const frameKinds = {
  /** By the runner: a stream begins. JSON says what is asked. */
  open: 1,
  /** By the gateway: how that went, as JSON. */
  head: 2,
  /** Bytes of the outside. */
  bytes: 3,
  /** No more bytes follow in this direction. Empty, or JSON that says why they were broken off. */
  end: 4,
  /** The stream is over in both directions. */
  cancel: 5,
  /** So many bytes more may be sent (4 bytes). */
  credit: 6,
} as const
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

export const frameHeadBytes = 9
/** Of an `open`, a `head` or an `end`. */
export const maxTextBytes = 256 * 1024
/** Of one frame of bytes. */
export const maxPieceBytes = 128 * 1024

const maxBytes: Readonly<Record<number, number>> = {
  [frameKinds.open]: maxTextBytes,
  [frameKinds.head]: maxTextBytes,
  [frameKinds.bytes]: maxPieceBytes,
  [frameKinds.end]: maxTextBytes,
  [frameKinds.cancel]: 0,
  [frameKinds.credit]: 4,
}

/** What came over a lane is no frame, or none that may come now. The lane ends. */
export class LaneViolation extends Error {}

function writeHead(frame: Buffer, length: number, kind: FrameKind, stream: number): void {
  frame.writeUInt32BE(length, 0)
  frame[4] = kind
  frame.writeUInt32BE(stream, 5)
}

/** A frame of text, or of none. */
export function textFrame(kind: FrameKind, stream: number, text = ''): Buffer {
  const length = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(frameHeadBytes + length)
  writeHead(frame, length, kind, stream)
  if (length > 0) frame.write(text, frameHeadBytes)
  return frame
}

/** What stands before that many bytes. */
export function bytesHead(stream: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(frameHeadBytes)
  writeHead(head, length, frameKinds.bytes, stream)
  return head
}

/** Of a frame that was not sent yet. */
export function growBytes(head: Buffer, length: number): void {
  head.writeUInt32BE(length, 0)
}

export function creditFrame(stream: number, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + 4)
  writeHead(frame, 4, frameKinds.credit, stream)
  frame.writeUInt32BE(bytes, frameHeadBytes)
  return frame
}

type Taken = {
  /** A piece of a frame of bytes. They are handed on as they come, and never put together. */
  onBytes(stream: number, piece: Buffer): void
  onFrame(kind: FrameKind, stream: number, payload: Buffer): void
}

const nothing = Buffer.alloc(0)

/** Finds the frames in what comes. */
export class FrameReader {
  readonly #taken: Taken
  readonly #head = Buffer.alloc(frameHeadBytes)
  #headBytes = 0
  #isInFrame = false
  #kind = 0
  #stream = 0
  #left = 0
  #parts: Buffer[] = []

  constructor(taken: Taken) {
    this.#taken = taken
  }

  /** @throws LaneViolation */
  read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (!this.#isInFrame) at = this.#readHead(chunk, at)
      if (!this.#isInFrame) return
      const piece = chunk.subarray(at, at + this.#left)
      at += piece.length
      this.#left -= piece.length
      if (this.#left === 0) this.#isInFrame = false
      if (this.#kind === frameKinds.bytes) {
        if (piece.length > 0) this.#taken.onBytes(this.#stream, piece)
      } else if (this.#isInFrame) {
        // What was read may be in a buffer that the next read uses.
        if (piece.length > 0) this.#parts.push(Buffer.from(piece))
      } else this.#taken.onFrame(this.#kind as FrameKind, this.#stream, this.#whole(piece)) // judged with its head
    }
  }

  #whole(last: Buffer): Buffer {
    if (this.#parts.length === 0) return last.length === 0 ? nothing : last
    const whole = Buffer.concat([...this.#parts, last])
    this.#parts = []
    return whole
  }

  #readHead(chunk: Buffer, from: number): number {
    let [head, start, at] = [chunk, from, from + frameHeadBytes]
    if (this.#headBytes > 0 || chunk.length - from < frameHeadBytes) {
      // It is in two pieces of what was read.
      const part = chunk.subarray(from, from + frameHeadBytes - this.#headBytes)
      part.copy(this.#head, this.#headBytes)
      this.#headBytes += part.length
      at = from + part.length
      if (this.#headBytes < frameHeadBytes) return at
      ;[head, start] = [this.#head, 0]
      this.#headBytes = 0
    }
    this.#left = head.readUInt32BE(start)
    this.#kind = head[start + 4] as number // nine bytes are there
    this.#stream = head.readUInt32BE(start + 5)
    const max = maxBytes[this.#kind]
    if (max === undefined) throw new LaneViolation(`It sent a frame of the unknown kind ${this.#kind}.`)
    if (this.#left > max) throw new LaneViolation(`It sent a frame of ${this.#left} bytes, where ${max} are allowed.`)
    const isFixed = this.#kind === frameKinds.bytes ? this.#left === 0 : this.#kind === frameKinds.credit && this.#left !== 4
    if (isFixed) throw new LaneViolation(`It sent a frame of the kind ${this.#kind} with ${this.#left} bytes.`)
    this.#isInFrame = true
    return at
  }
}
