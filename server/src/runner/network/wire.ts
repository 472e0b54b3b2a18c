import { Socket } from 'node:net'
import { EgressRefusedError } from '@crosswalk/sdk'
import { builtin } from '@crosswalk/sdk/builtins'
import { Lane } from '../../protocol/lane.ts'
import { maxTextBytes } from '../../protocol/lane-frames.ts'
import type { LaneStream, StreamHandler } from '../../protocol/lane-stream.ts'
import {
  answerWindowBytes,
  type CallNote,
  maxStreams,
  type NetworkFailure,
  type NetworkOrder,
  networkDescriptors,
  type Opening,
  type StreamKind,
  streamStartBytes,
  streamWindowBytes,
  type Told,
} from '../../protocol/network.ts'
import { gatewayLost, reviveFailure } from './failures.ts'

/** How long a call waits for a gateway that is started again. */
const maxWaitMs = 30_000
const maxQueuedBytes = 1024 * 1024
/** At once. The kernel has about as much for one reader. */
const readBytes = 256 * 1024

/** What a request of `context.http` has for the gateway. */
export type Carried = { ticket: string; note: CallNote }

/** Who asks: the pass of its execution, and whose code runs. Undefined outside of executions. */
export type Asking = { pass: string; integration: string | undefined } | undefined

/** What somebody does with the answer. `onFailure` and `onEnd` are the last that is heard: one of them is called, once. */
export type AnswerHandler<Answer> = {
  onAnswer(answer: Answer): void
  /** @param piece good until `onRead` has returned, or this, where there is none */
  onBytes?(piece: Buffer): void
  /** The read is over that brought pieces. */
  onRead?(): void
  onEnd?(): void
  onFailure(error: Error): void
  onDrain?(): void
}

/** The runner's way out: streams over a lane that its worker gave it. A gateway may die; the next one is at the end of the next lane. */
export class Wire {
  readonly #asking: () => Asking
  #lane: Lane | undefined
  #ready = Promise.withResolvers<Lane>()
  #isOver = false
  #isWanted = false
  /** Where the gateway is, before it is used. */
  #number: number | undefined
  #certificates: readonly string[] = []
  readonly #waiting: (() => void)[] = []
  /** Those that were handed pieces of what was read last. */
  readonly #read = new Set<AnswerHandler<never>>()

  constructor(asking: () => Asking) {
    this.#asking = asking
    this.#ready.promise.catch(() => {})
  }

  /** Told by the worker: at the end of which lane the gateway is, or that it is gone. */
  order(order: NetworkOrder): void {
    this.#leave()
    this.#number = undefined
    if (order.state === 'over') {
      this.#isOver = true
      this.#ready.reject(gatewayLost())
    } else if (order.state === 'bound') {
      this.#number = order.lane
      if (this.#certificates.length === 0) {
        this.#certificates = order.certificates
        if (this.#isWanted) this.#trust()
      }
      if (this.#isWanted) this.#begin(order.lane)
    }
  }

  /** From now on it is used. Before that it only holds its place at the gateway, which costs little. */
  want(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#trust()
    if (this.#number !== undefined) this.#begin(this.#number)
  }

  #trust(): void {
    if (this.#certificates.length === 0) return
    const { getCACertificates, setDefaultCACertificates } = builtin('node:tls')
    setDefaultCACertificates([...getCACertificates('default'), ...this.#certificates])
  }

  #leave(): void {
    const lane = this.#lane
    if (!lane) return
    this.#lane = undefined
    this.#ready = Promise.withResolvers()
    this.#ready.promise.catch(() => {})
    lane.destroy()
    // Each looks for itself whether there is another.
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Asks the gateway for something that is told at once, without bytes. */
  ask<Answer>(kind: StreamKind, head: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.begin<Answer>(kind, head, false, { onAnswer: resolve, onFailure: reject }).catch(reject)
    })
  }

  /**
   * Asks the gateway for something. The answer's head is told once; the stream is then the bytes of the outside.
   *
   * @param hasBody whether bytes follow from here
   * @param carried of a request of `context.http`
   * @throws before anything was asked
   */
  async begin<Answer>(
    kind: StreamKind,
    head: unknown,
    hasBody: boolean,
    handler: AnswerHandler<Answer>,
    carried?: Carried,
  ): Promise<LaneStream> {
    // Read before anything is waited for: it is of the code that asks.
    const asking = this.#asking()
    if (!asking) throw outsideExecution()
    const { pass, integration } = asking
    const { ticket, note } = carried ?? {}
    const text = JSON.stringify({ kind, head, pass, integration, ticket, note, hasBody } satisfies Opening)
    if (text.length > maxTextBytes / 3 && Buffer.byteLength(text) > maxTextBytes) throw headTooLarge()
    if (this.#lane?.isClosed) this.#leave()
    let lane = this.#lane ?? (await this.#whenReady())
    while (lane.openStreams >= maxStreams) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (lane.isClosed) lane = await this.#whenReady()
    }
    const stream = lane.open(text)
    stream.handler = this.#answering(stream, handler)
    if (!hasBody) stream.end()
    return stream
  }

  #answering<Answer>(stream: LaneStream, handler: AnswerHandler<Answer>): StreamHandler {
    let isOver = false
    const fail = (error: Error) => {
      if (isOver) return
      isOver = true
      handler.onFailure(error)
    }
    return {
      onHead(text) {
        const told = JSON.parse(text) as Told<Answer> // the gateway's own
        if ('ok' in told) handler.onAnswer(told.ok)
        else {
          fail(reviveFailure(told.failure))
          stream.cancel()
        }
      },
      onBytes: (piece) => {
        if (handler.onRead) this.#read.add(handler)
        handler.onBytes?.(piece)
      },
      onEnd(text) {
        if (text !== '') return fail(reviveFailure(JSON.parse(text) as NetworkFailure)) // as above
        if (isOver) return
        isOver = true
        handler.onEnd?.()
      },
      onDrain: handler.onDrain?.bind(handler),
      onClose: () => {
        // Made only where it is told: an error takes longer than all else that is done with a stream.
        if (!isOver) fail(gatewayLost())
        this.#waiting.shift()?.()
      },
    } as StreamHandler // where the handler has no use for it, there is nothing
  }

  #onRead(): void {
    for (const handler of this.#read) handler.onRead?.()
    this.#read.clear()
  }

  #whenReady(): Promise<Lane> {
    if (this.#isOver) return Promise.reject(gatewayLost())
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(gatewayLost()), maxWaitMs)
    return Promise.race([this.#ready.promise, late.promise]).finally(() => clearTimeout(timer))
  }

  #begin(number: number): void {
    const socket = readInto(Buffer.allocUnsafeSlow(readBytes), networkDescriptors[number], () => this.#onRead())
    // The channel to the worker keeps this process alive, and nothing else.
    socket.unref()
    const lane = new Lane(socket, {
      sendWindowBytes: streamWindowBytes,
      sendStartBytes: streamStartBytes,
      receiveWindowBytes: answerWindowBytes,
      maxQueuedBytes,
      maxUnreadBytes: Number.POSITIVE_INFINITY,
      borrowsBytes: true,
      // As from a listener of Node's own sockets.
      onHandlerError: (error) =>
        process.nextTick(() => {
          throw error
        }),
      onClose: () => {
        if (this.#lane === lane) this.#leave()
      },
    })
    this.#lane = lane
    this.#ready.resolve(lane)
  }
}

/**
 * A socket that reads all into one buffer: a buffer for each piece costs more to free than to read. What comes in is good until
 * `onRead`: the next read may follow before anything else runs.
 */
function readInto(buffer: Buffer, fd: number | undefined, onRead: () => void): Socket {
  const callback = (bytes: number) => {
    socket.emit('data', buffer.subarray(0, bytes))
    onRead()
    return true
  }
  const socket: Socket = new Socket({ fd, readable: true, writable: true, onread: { buffer, callback } })
  return socket
}

function outsideExecution(): Error {
  return new EgressRefusedError(
    'Code outside of an execution has no network: what runs while a file is loaded, for instance. Make the call in a workflow, a data provider or a method of an integration.',
    { reason: 'no_execution' },
  )
}

/** By the code that undici has for it, which is also that of an answer. */
function headTooLarge(): Error {
  const message = 'The address and the headers of a request may have 256 KiB in all. Send what is larger in its body.'
  return Object.assign(new Error(message), { name: 'HeadersOverflowError', code: 'UND_ERR_HEADERS_OVERFLOW', isUnsendable: true })
}
