import type { Socket } from 'node:net'
import type { ProcessMessage, ProcessOrder, SessionMessage, SessionOrder } from '../../protocol/channel.ts'
import { isWithinDepth } from '../../protocol/depth.ts'
import { type Frame, FrameReader, FrameWriter, ProtocolViolation, processKey } from '../../protocol/frames.ts'
import { maxWireDepth, parseWire, stringifyWire } from '../../protocol/wire-json.ts'

/** While more than this waits to be read by the runner, nothing is taken from it: what it asks for would only add to that. In bytes. */
const maxUnread = 4 * 1024 * 1024

export type PipeListener = {
  onMessage(message: ProcessMessage): void
  /** @throws ProtocolViolation where the runner was never given such a key */
  onSessionMessage(key: string, message: SessionMessage): void
  /** The runner does not keep to the protocol: it is to be ended. Nothing of it is read any more. */
  onViolation(violation: Error): void
}

/** The worker's end of the pipe to a runner. Whatever comes through it may be made up by author code. */
export class RunnerPipe {
  readonly #listener: PipeListener
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  readonly #closed = Promise.withResolvers<void>()
  #isOver = false

  constructor(socket: Socket, listener: PipeListener) {
    this.#listener = listener
    this.#reader = new FrameReader((frame) => this.#take(frame))
    this.#writer = new FrameWriter((frame) => {
      // A write to a process that just died fails; its end is told by the exit.
      if (socket.writable) socket.write(frame)
      if (socket.writableLength > maxUnread) socket.pause()
    })
    socket.on('data', (piece: Buffer) => this.#read(piece))
    socket.on('drain', () => socket.resume())
    socket.on('error', () => {})
    socket.on('close', () => this.#closed.resolve())
  }

  /** Resolves when everything was read that the runner wrote. */
  get closed(): Promise<void> {
    return this.#closed.promise
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
      this.#isOver = true
      this.#listener.onViolation(error instanceof Error ? error : new ProtocolViolation(String(error)))
    }
  }

  #take({ key, text }: Frame): void {
    if (this.#isOver) return
    if (!isWithinDepth(text, maxWireDepth)) throw new ProtocolViolation(`A message is nested more than ${maxWireDepth} deep.`)
    const message: unknown = parseWire(text)
    if (key === processKey) this.#listener.onMessage(message as ProcessMessage)
    else this.#listener.onSessionMessage(key, message as SessionMessage)
  }
}
