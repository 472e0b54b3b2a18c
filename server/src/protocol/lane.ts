import type { Socket } from 'node:net'
import { bytesHead, type FrameKind, FrameReader, frameKinds, growBytes, LaneViolation, maxPieceBytes, textFrame } from './lane-frames.ts'
import { type LaneOfStream, LaneStream } from './lane-stream.ts'
import type { Room } from './room.ts'

export type LaneOptions = {
  /** How much of a stream each end may have under way. What the one may send is what the other receives. */
  sendWindowBytes: number
  receiveWindowBytes: number
  /** How much of that a stream has from its beginning; not given, all of it. The receiver gives the rest. */
  sendStartBytes?: number
  receiveStartBytes?: number
  /** Where the rest is taken from, once somebody takes what comes. Not given, there is always room. */
  receiveRoom?: Room
  /** So much of all streams may wait for the other end before more of them has to wait. */
  maxQueuedBytes: number
  /** Whether one with so much waiting may add to it, beside `maxQueuedBytes`. With nothing it always may. Not given, it may. */
  mayQueue?(queuedBytes: number): boolean
  /** With so much waiting, the other end is taken not to read at all. */
  maxUnreadBytes: number
  /** What comes from the socket is good only until its `data` listeners are done: what is held is a copy. */
  borrowsBytes?: boolean
  /** A stream that the other end opened, with what it asks. Its bytes are held until `resume`. Not given, it may open none. */
  onOpen?(stream: LaneStream, text: string): void
  /** Told of each stream, and of each frame that costs its sender nothing. @throws LaneViolation */
  onCheap?(what: 'stream' | 'frame'): void
  /** Told of bytes that came in, or go out. */
  onMoved?(bytes: number): void
  /** What the handler of a stream threw. Not given, it ends the lane. */
  onHandlerError?(error: unknown): void
  /** The other end broke the rules, or a handler failed. `onClose` follows. */
  onBroken?(reason: string): void
  onClose(): void
}

/**
 * Streams over one socket: the runner opens them, the gateway answers. All that is sent in one turn of the event loop goes out as one, so
 * that the other end is woken once.
 */
export class Lane implements LaneOfStream {
  readonly sendWindowBytes: number
  readonly receiveWindowBytes: number
  readonly sendStartBytes: number
  readonly receiveStartBytes: number
  readonly receiveRoom: Room | undefined
  readonly borrowsBytes: boolean
  readonly #socket: Socket
  readonly #options: LaneOptions
  readonly #streams = new Map<number, LaneStream>()
  readonly #waitingForRoom = new Set<LaneStream>()
  /** The number of the newest stream. */
  #newest = 0
  #isCorked = false
  /** A frame of bytes that is the last of this turn: what follows of its stream is put into it. */
  #lastBytes: { stream: number; head: Buffer; length: number } | undefined
  #isClosed = false

  constructor(socket: Socket, options: LaneOptions) {
    this.sendWindowBytes = options.sendWindowBytes
    this.receiveWindowBytes = options.receiveWindowBytes
    this.sendStartBytes = options.sendStartBytes ?? options.sendWindowBytes
    this.receiveStartBytes = options.receiveStartBytes ?? options.receiveWindowBytes
    this.receiveRoom = options.receiveRoom
    this.borrowsBytes = options.borrowsBytes === true
    this.#socket = socket
    this.#options = options
    const reader = new FrameReader({
      onBytes: (number, piece) => this.#streamOf(number)?.onBytes(piece),
      onFrame: (kind, number, payload) => this.#onFrame(kind, number, payload),
    })
    socket.on('data', (chunk: Buffer) => {
      try {
        if (this.#isClosed) return
        reader.read(chunk)
        options.onMoved?.(chunk.length)
      } catch (error) {
        this.#break(error)
      }
    })
    socket.on('drain', () => this.#onDrain())
    socket.on('error', () => {})
    socket.on('close', () => this.#close())
  }

  /** Of all that were opened and are not over. */
  get openStreams(): number {
    return this.#streams.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Of those that are not over. */
  get streams(): Iterable<LaneStream> {
    return this.#streams.values()
  }

  /** What waits for the other end to read it. */
  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  get hasRoom(): boolean {
    const { maxQueuedBytes, mayQueue } = this.#options
    return this.queuedBytes < maxQueuedBytes && mayQueue?.(this.queuedBytes) !== false
  }

  /** The other end is let go, for a reason that is told as a broken rule is. */
  cutOff(reason: string): void {
    this.#break(new LaneViolation(reason))
  }

  /** @param text what is asked */
  open(text: string): LaneStream {
    const stream = new LaneStream(this, ++this.#newest, false)
    this.#streams.set(stream.number, stream)
    this.write(textFrame(frameKinds.open, stream.number, text))
    return stream
  }

  write(frame: Buffer): void {
    this.#lastBytes = undefined
    this.#write(frame)
  }

  writeBytes(stream: number, piece: Buffer): void {
    const last = this.#lastBytes
    if (last?.stream === stream && last.length + piece.length <= maxPieceBytes) {
      last.length += piece.length
      growBytes(last.head, last.length)
    } else {
      const head = bytesHead(stream, piece.length)
      this.#write(head)
      this.#lastBytes = { stream, head, length: piece.length }
    }
    this.#write(piece)
  }

  #write(bytes: Buffer): void {
    if (this.#isClosed) return
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      setImmediate(() => {
        this.#isCorked = false
        this.#lastBytes = undefined
        this.#socket.uncork()
      })
    }
    this.#socket.write(bytes)
    this.#options.onMoved?.(bytes.length)
    if (this.#socket.writableLength > this.#options.maxUnreadBytes) this.#break(new LaneViolation('It does not read what it is sent.'))
  }

  awaitRoom(stream: LaneStream): void {
    this.#waitingForRoom.add(stream)
  }

  left(stream: LaneStream): void {
    this.#streams.delete(stream.number)
    this.#waitingForRoom.delete(stream)
  }

  failed(error: unknown): void {
    if (this.#options.onHandlerError) this.#options.onHandlerError(error)
    else this.#break(error)
  }

  /** Every stream of it is over. */
  destroy(): void {
    this.#socket.destroy()
    this.#close()
  }

  #onFrame(kind: FrameKind, number: number, payload: Buffer): void {
    if (kind === frameKinds.open) {
      this.#onOpen(number, payload.toString())
      return
    }
    if (kind === frameKinds.cancel || kind === frameKinds.credit) this.#options.onCheap?.('frame')
    const stream = this.#streamOf(number)
    if (!stream) return
    if (kind === frameKinds.cancel) stream.close(false)
    else if (kind === frameKinds.credit) stream.onCredit(payload.readUInt32BE(0))
    // Who answers does not ask why it was broken off, and holds it until it is read.
    else if (kind === frameKinds.end) stream.onEnd(this.#options.onOpen && payload.length > 0 ? 'broken off' : payload.toString())
    else if (this.#options.onOpen) throw new LaneViolation('It answered in place of asking.')
    else stream.onHead(payload.toString())
  }

  #onOpen(number: number, text: string): void {
    const { onOpen, onCheap } = this.#options
    if (!onOpen) throw new LaneViolation('It opened a stream, which is not its part.')
    if (number <= this.#newest) throw new LaneViolation('It opened a stream twice.')
    onCheap?.('stream')
    this.#newest = number
    const stream = new LaneStream(this, number, true)
    this.#streams.set(number, stream)
    onOpen(stream, text)
  }

  /** Undefined for one that is over: what was under way may still come. @throws LaneViolation for one that never was */
  #streamOf(number: number): LaneStream | undefined {
    const stream = this.#streams.get(number)
    if (stream) return stream
    if (number === 0 || number > this.#newest) throw new LaneViolation('It sent a frame of a stream that it did not open.')
    this.#options.onCheap?.('frame')
    return undefined
  }

  #onDrain(): void {
    const waiting = [...this.#waitingForRoom]
    this.#waitingForRoom.clear()
    for (const stream of waiting) stream.onRoom()
  }

  #break(error: unknown): void {
    if (this.#isClosed) return
    this.#options.onBroken?.(error instanceof Error ? error.message : String(error))
    this.destroy()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const stream of [...this.#streams.values()]) stream.close(false)
    this.#options.onClose()
  }
}
