import { AsyncLocalStorage } from 'node:async_hooks'
import { creditFrame, frameKinds, LaneViolation, maxPieceBytes, textFrame } from './lane-frames.ts'
import type { Room } from './room.ts'

/** What a stream needs of its lane. */
export type LaneOfStream = {
  readonly sendWindowBytes: number
  readonly receiveWindowBytes: number
  readonly sendStartBytes: number
  readonly receiveStartBytes: number
  readonly receiveRoom: Room | undefined
  /** What comes is good only until the listeners of the socket are done. */
  readonly borrowsBytes: boolean
  /** False where so much waits for the other end that no stream should add to it. */
  readonly hasRoom: boolean
  write(frame: Buffer): void
  writeBytes(stream: number, piece: Buffer): void
  /** Calls `onRoom` of the stream once there is room. */
  awaitRoom(stream: LaneStream): void
  left(stream: LaneStream): void
  /** A handler threw. */
  failed(error: unknown): void
}

/** What somebody does with what comes. Each is called in the context in which the stream was made. */
export type StreamHandler = {
  onHead?(text: string): void
  onBytes?(piece: Buffer): void
  /** No more bytes come; `text` says why where they were broken off. */
  onEnd?(text: string): void
  /** After `send` was false: there is room again. */
  onDrain?(): void
  /** What it has taken or holds beside, and the stream knows nothing of. */
  heldBytes?(): number
  /** What the connection holds that it leads to, if there is one of its own. */
  outsideBytes?(): number
  /** Once, and last. `isWhole`: both directions were ended, and nothing was lost. */
  onClose?(isWhole: boolean): void
}

const sum = (pieces: readonly Buffer[]): number => pieces.reduce((bytes, piece) => bytes + piece.length, 0)

/** Pieces that wait for a reader are put together, so that many small ones take no more memory than their bytes. */
const maxHeldPieces = 64

/** One request, connection or look-up on a lane: bytes in both directions, each with as much under way as the receiver has room for. */
export class LaneStream {
  readonly number: number
  handler: StreamHandler = {}
  readonly #lane: LaneOfStream
  readonly #inContext = AsyncLocalStorage.snapshot()
  #sendCredit: number
  #waiting: Buffer[] = []
  #ending: string | undefined
  #receiveLeft: number
  /** What the other end may have under way now. */
  #receiveWindow: number
  #unreturned = 0
  #held: Buffer[] = []
  #heldEnd: string | undefined
  #isPaused: boolean
  #isFlowing = false
  #hasPeerEnded = false
  #hasHead = false
  #isSendOver = false
  #isOver = false

  /** @param isPaused what comes is held until `resume` */
  constructor(lane: LaneOfStream, number: number, isPaused: boolean) {
    this.#lane = lane
    this.number = number
    this.#isPaused = isPaused
    this.#sendCredit = lane.sendStartBytes
    this.#receiveLeft = lane.receiveStartBytes
    this.#receiveWindow = lane.receiveStartBytes
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** A head was sent. */
  get hasHead(): boolean {
    return this.#hasHead
  }

  /** This direction was ended, though not all may be under way. */
  get isEnded(): boolean {
    return this.#isSendOver || this.#ending !== undefined
  }

  /** What is held for either end, with what its handler has. */
  get heldBytes(): number {
    return sum(this.#held) + sum(this.#waiting) + (this.handler.heldBytes?.() ?? 0)
  }

  sendHead(text: string): void {
    if (this.#isOver || this.#hasHead) return
    this.#hasHead = true
    this.#lane.write(textFrame(frameKinds.head, this.number, text))
  }

  /** The bytes are the stream's from here on. @returns false where the other end is behind: `onDrain` follows */
  send(bytes: Buffer): boolean {
    if (this.#isOver || this.isEnded) return true
    if (this.#waiting.length > 0) return this.#waiting.push(bytes) < 0
    const sent = this.#sendSome(bytes)
    if (sent < bytes.length) return this.#waiting.push(bytes.subarray(sent)) < 0
    if (this.#lane.hasRoom) return true
    this.#lane.awaitRoom(this)
    return false
  }

  /** Ends this direction, behind what was sent. @param text why it was broken off */
  end(text = ''): void {
    if (this.#isOver || this.isEnded) return
    this.#ending = text
    if (this.#waiting.length === 0) this.#sendEnd(text)
  }

  /** What was not sent yet never is. */
  dropUnsent(): void {
    this.#waiting = []
  }

  /** Ends both directions at once. */
  cancel(): void {
    if (this.#isOver) return
    this.#lane.write(textFrame(frameKinds.cancel, this.number))
    this.close(false)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (this.#held.length > 0 || this.#heldEnd !== undefined) process.nextTick(() => this.#flow())
  }

  // From here on: what the lane tells.

  /** @throws LaneViolation */
  onBytes(piece: Buffer): void {
    this.#receiveLeft -= piece.length
    if (this.#hasPeerEnded || this.#receiveLeft < 0) throw new LaneViolation('It sent more bytes of a stream than it may.')
    if (this.#isPaused || this.#held.length > 0) this.#hold(piece)
    else this.#deliver(piece)
  }

  onHead(text: string): void {
    this.#call('onHead', text)
  }

  onEnd(text: string): void {
    if (this.#hasPeerEnded) throw new LaneViolation('It ended a stream twice.')
    this.#hasPeerEnded = true
    if (this.#isPaused || this.#held.length > 0) this.#heldEnd = text
    else this.#deliverEnd(text)
  }

  /** @throws LaneViolation */
  onCredit(bytes: number): void {
    this.#sendCredit += bytes
    if (this.#sendCredit > this.#lane.sendWindowBytes) throw new LaneViolation('It gave more credit than it took.')
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const sent = this.#sendSome(next)
      if (sent < next.length) {
        this.#waiting[0] = next.subarray(sent)
        return
      }
      this.#waiting.shift()
    }
    if (this.#isSendOver) return
    if (this.#ending !== undefined) this.#sendEnd(this.#ending)
    else this.onRoom()
  }

  onRoom(): void {
    if (this.#isOver || this.#waiting.length > 0) return
    if (this.#lane.hasRoom) this.#call('onDrain')
    else this.#lane.awaitRoom(this)
  }

  close(isWhole: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waiting = []
    this.#held = []
    this.#lane.receiveRoom?.give(this.#receiveWindow - this.#lane.receiveStartBytes)
    this.#lane.left(this)
    this.#call('onClose', isWhole)
  }

  #sendSome(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && this.#sendCredit > 0) {
      const piece = bytes.subarray(at, at + Math.min(maxPieceBytes, this.#sendCredit))
      this.#lane.writeBytes(this.number, piece)
      this.#sendCredit -= piece.length
      at += piece.length
    }
    return at
  }

  #sendEnd(text: string): void {
    this.#isSendOver = true
    this.#lane.write(textFrame(frameKinds.end, this.number, text))
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.#isSendOver && this.#hasPeerEnded && this.#heldEnd === undefined) this.close(true)
  }

  /** A piece is a part of what was read, which may be much more, and of other streams. */
  #hold(piece: Buffer): void {
    this.#held.push(this.#lane.borrowsBytes || piece.length * 2 < piece.buffer.byteLength ? Buffer.from(piece) : piece)
    if (this.#held.length > maxHeldPieces) this.#held = [Buffer.concat(this.#held)]
  }

  #flow(): void {
    if (this.#isFlowing) return
    this.#isFlowing = true
    while (!this.#isPaused && !this.#isOver) {
      const piece = this.#held.shift()
      if (!piece) break
      this.#deliver(piece)
    }
    this.#isFlowing = false
    const end = this.#heldEnd
    if (end === undefined || this.#isPaused || this.#isOver) return
    this.#heldEnd = undefined
    this.#deliverEnd(end)
  }

  #deliver(piece: Buffer): void {
    this.#unreturned += piece.length
    if (!this.#hasPeerEnded && this.#unreturned * 2 >= this.#receiveWindow) {
      this.#widen()
      this.#lane.write(creditFrame(this.number, this.#unreturned))
      this.#receiveLeft += this.#unreturned
      this.#unreturned = 0
    }
    this.#call('onBytes', piece)
  }

  /** To all that a stream may have, once half of the first was taken. */
  #widen(): void {
    const missing = this.#lane.receiveWindowBytes - this.#receiveWindow
    if (missing === 0 || this.#lane.receiveRoom?.take(missing) === false) return
    this.#receiveWindow += missing
    this.#unreturned += missing
  }

  #deliverEnd(text: string): void {
    this.#call('onEnd', text)
    if (!this.#isOver) this.#closeIfDone()
  }

  #call<Name extends Exclude<keyof StreamHandler, 'heldBytes' | 'outsideBytes'>>(
    name: Name,
    ...given: Parameters<NonNullable<StreamHandler[Name]>>
  ): void {
    const { handler } = this
    const call = handler[name] as ((...args: unknown[]) => void) | undefined // by its own name
    if (!call) return
    try {
      this.#inContext(() => call.apply(handler, given))
    } catch (error) {
      this.#lane.failed(error)
    }
  }
}
