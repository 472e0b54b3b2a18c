import type { Socket } from 'node:net'
import type { ProcessMessage, ProcessOrder, SessionMessage, SessionOrder } from '../../protocol/channel.ts'
import { type Frame, FrameReader, FrameWriter, ProtocolViolation, processKey } from '../../protocol/frames.ts'
import { stringifyWire } from '../../protocol/wire-json.ts'
import { readProcessMessage, readSessionMessage } from './messages.ts'
import { Turns } from './turns.ts'

/** While more than this waits to be read by the runner, no request of it is taken: its answer would only add to that. In bytes. */
const maxUnreadBytes = 4 * 1024 * 1024
/** So much of requests may wait for that. */
const maxHeldRequests = 50_000
const maxHeldChars = 64 * 1024 * 1024

/** A promise where nothing more is to be taken from this runner until it is settled. */
export type Taken = Promise<unknown> | undefined

export type PipeListener = {
  onMessage(message: ProcessMessage): void
  /** @throws ProtocolViolation where the message cannot be of a runner that keeps to the protocol */
  onSessionMessage(key: string, message: SessionMessage, chars: number): Taken
  /**
   * The runner does not keep to the protocol and is to be ended. Nothing of it is read any more.
   *
   * @param key of the session that said it; undefined where nobody can tell
   */
  onViolation(violation: Error, key: string | undefined): void
}

/** A message that is longer takes its time to be parsed, masked and stored: of all runners, one such is taken at a time. In characters. */
const largeChars = 1024 * 1024
/** One that is not stored after this time lets the next one begin: what a runner does must not hold others up. */
const maxTurnMs = 2_000
/** Of all runners of this worker. */
const largeTurns = new Turns(1)

type Request = { key: string; message: SessionMessage; chars: number }

/** The worker's end of the pipe to a runner. Whatever comes through it may be made up by author code, and ends at most this runner. */
export class RunnerPipe {
  readonly #socket: Socket
  readonly #listener: PipeListener
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  readonly #closed = Promise.withResolvers<void>()
  #held: Request[] = []
  #heldChars = 0
  #pauses = 0
  #isOver = false
  /** What came behind a large message that waits for its turn, or is being taken. */
  #behind: Frame[] | undefined
  #largeTaken: Promise<void> = Promise.resolve()

  constructor(socket: Socket, listener: PipeListener) {
    this.#socket = socket
    this.#listener = listener
    this.#reader = new FrameReader((frame) => this.#take(frame))
    // A write to a process that just died fails; its end is told by the exit.
    this.#writer = new FrameWriter((frame) => void (socket.writable && socket.write(frame)))
    socket.on('data', (piece: Buffer) => this.#read(piece))
    socket.on('drain', () => this.#takeHeld())
    socket.on('error', () => {})
    socket.on('close', () => void this.#allTaken().then(this.#closed.resolve))
  }

  /** Resolves when everything was read that the runner wrote. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** True while this side does not read: the silence of the runner says nothing then. */
  get isPaused(): boolean {
    return this.#pauses > 0
  }

  send(order: ProcessOrder): void {
    this.#writer.write(processKey, stringifyWire(order))
  }

  /** @throws TypeError or RangeError where it cannot be written */
  sendOf(key: string, order: SessionOrder): void {
    this.#writer.write(key, stringifyWire(order))
  }

  #read(piece: Buffer): void {
    if (this.#isOver) return
    try {
      this.#reader.push(piece)
    } catch (error) {
      // Out of the frames themselves; what is in one was told with its key.
      this.#violated(error, undefined)
    }
  }

  #take(frame: Frame): void {
    if (this.#isOver) return
    if (this.#behind) this.#behind.push(frame)
    else if (frame.key !== processKey && frame.text.length > largeChars) this.#largeTaken = this.#takeInTurn(frame)
    else this.#takeNow(frame)
  }

  /** Reads nothing more until it is taken. */
  async #takeInTurn(frame: Frame): Promise<void> {
    this.#behind = []
    this.#pause()
    await largeTurns.take(async () => {
      if (this.#isOver) return
      const taken = this.#takeNow(frame)
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, maxTurnMs)
      // Others are heard between two of them.
      await Promise.race([taken, late.promise]).catch(() => {})
      clearTimeout(timer)
      await new Promise((resolve) => setImmediate(resolve))
    })
    const behind = this.#behind
    this.#behind = undefined
    this.#goOn()
    for (const next of behind) this.#take(next)
  }

  async #allTaken(): Promise<void> {
    while (this.#behind) await this.#largeTaken
  }

  /** A promise where nothing more is to be taken until it is settled. */
  #takeNow({ key, text }: Frame): Taken {
    if (this.#isOver) return
    try {
      if (key === processKey) this.#listener.onMessage(readProcessMessage(text))
      else return this.#takeOf({ key, message: readSessionMessage(text), chars: text.length })
    } catch (error) {
      this.#violated(error, key === processKey ? undefined : key)
    }
    return undefined
  }

  #takeOf(request: Request): Taken {
    const { type } = request.message
    const isAnswered = type === 'ask' || type === 'step'
    if (isAnswered && (this.#held.length > 0 || this.#socket.writableLength > maxUnreadBytes)) {
      this.#hold(request)
      return undefined
    }
    return this.#hand(request)
  }

  #hold(request: Request): void {
    this.#held.push(request)
    this.#heldChars += request.chars
    if (this.#held.length > maxHeldRequests || this.#heldChars > maxHeldChars)
      throw new ProtocolViolation('The runner asks for more and more, and does not read the answers.')
  }

  #takeHeld(): void {
    const held = this.#held
    this.#held = []
    this.#heldChars = 0
    for (const request of held) {
      if (this.#isOver) return
      try {
        this.#takeOf(request)
      } catch (error) {
        this.#violated(error, request.key)
      }
    }
  }

  #hand({ key, message, chars }: Request): Taken {
    const taken = this.#listener.onSessionMessage(key, message, chars)
    if (!taken) return undefined
    this.#pause()
    const goOn = () => this.#goOn()
    taken.then(goOn, goOn)
    return taken
  }

  #pause(): void {
    this.#pauses++
    this.#socket.pause()
  }

  #goOn(): void {
    if (--this.#pauses === 0) this.#socket.resume()
  }

  #violated(error: unknown, key: string | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#held = []
    this.#listener.onViolation(error instanceof Error ? error : new ProtocolViolation(String(error)), key)
  }
}
