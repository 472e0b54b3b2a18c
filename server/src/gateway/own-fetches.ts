import type { NetworkFailure } from '../protocol/network.ts'
import type { FromGateway, ToGateway } from './messages/messages.ts'
import type { OwnAnswer, OwnRequest } from './messages/own-request.ts'

/** Beside what the request itself may take: for a gateway that has to be started. */
const startMs = 10_000

type Waiting = PromiseWithResolvers<OwnAnswer> & { timer: NodeJS.Timeout }

/** The worker's side of requests of its own: which of them wait for the gateway's answer. */
export class OwnFetches {
  readonly #send: (message: ToGateway) => void
  /** While there is no gateway. */
  #unsent: ToGateway[] = []
  readonly #waiting = new Map<number, Waiting>()
  #number = 0

  constructor(send: (message: ToGateway) => void) {
    this.#send = send
  }

  /** @param isThere whether there is a gateway to send it to; else it is sent with `sendWaiting` */
  make(request: OwnRequest, isThere: boolean): Promise<OwnAnswer> {
    const number = this.#number++
    const timer = setTimeout(
      () => this.#settle(number)?.reject(asError({ name: 'TimeoutError', message: 'There was no answer in time.', code: 'ETIMEDOUT' })),
      request.timeoutMs + startMs,
    )
    const waiting = { ...Promise.withResolvers<OwnAnswer>(), timer }
    this.#waiting.set(number, waiting)
    const message: ToGateway = { type: 'fetch', number, ...request }
    if (isThere) this.#send(message)
    else this.#unsent.push(message)
    return waiting.promise
  }

  sendWaiting(): void {
    const unsent = this.#unsent
    this.#unsent = []
    for (const message of unsent) if (message.type === 'fetch' && this.#waiting.has(message.number)) this.#send(message)
  }

  answer({ number, told, seen }: Extract<FromGateway, { type: 'fetched' }>): void {
    const waiting = this.#settle(number)
    if ('ok' in told) waiting?.resolve({ ...told.ok, seen })
    else waiting?.reject(Object.assign(asError(told.failure), { seen }))
  }

  /** The gateway is gone: whether a request was made is not known. */
  lose(): void {
    for (const number of [...this.#waiting.keys()])
      this.#settle(number)?.reject(
        asError({ name: 'Error', message: 'The network gateway ended during the request.', code: 'gateway_lost' }),
      )
  }

  #settle(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number)
    clearTimeout(waiting?.timer)
    this.#waiting.delete(number)
    return waiting
  }
}

function asError({ name, message, code, details }: NetworkFailure): Error {
  return Object.assign(new Error(message), { name, code, ...(details ? { details } : {}) })
}
