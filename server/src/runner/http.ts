import { AsyncLocalStorage } from 'node:async_hooks'
import type { Admission, HttpClient, HttpOptions, HttpPort, OpenedHttp } from '@crosswalk/sdk'
import { createHttpClient } from '@crosswalk/sdk/http-client'
import { runningIntegration } from './integration-failures.ts'
import type { Session } from './session.ts'

type Fetch = typeof globalThis.fetch

let plainFetch: Fetch = globalThis.fetch
const ticketOfCall = new AsyncLocalStorage<string>()
const runWith = ticketOfCall.run.bind(ticketOfCall) as <Result>(ticket: string, run: () => Result) => Result
const getTicket = ticketOfCall.getStore.bind(ticketOfCall)

/** What the request that is being made carries for the gateway. */
export function runningTicket(): string | undefined {
  return getTicket()
}

/** Takes the `fetch` that leads to the gateway and does nothing else, before another stands in its place. */
export function keepPlainFetch(): void {
  plainFetch = globalThis.fetch
}

/** Rejects with the signal's reason once it is aborted, without leaving anything at the signal. */
function orAborted<Result>(asked: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** `context.http` of one execution: the worker admits each request, and the gateway puts in its credentials. */
export function httpOf(session: Session): (options: HttpOptions) => HttpClient {
  let number = 0
  const names = new WeakMap<Admission, string>()
  /** Where the execution itself is over, the host knows. */
  const giveUp = (name: string) => void session.ask('http.give_up', { name }).catch(() => {})
  const port: HttpPort = {
    async open(spec) {
      const integration = runningIntegration()
      const asked = integration === undefined ? spec : { ...spec, integration }
      const opened = (await session.ask('http.open', asked)) as OpenedHttp // the host's own answer
      return integration === undefined ? opened : { ...opened, integration }
    },
    async admit(request, signal) {
      signal.throwIfAborted()
      const step = session.scopes.current?.attempt.idempotencyKey
      const name = String(++number)
      const asked = session.ask('http.admit', { ...request, name, ...(step === undefined ? {} : { step }) }) as Promise<Admission>
      let admission: Admission
      try {
        admission = await orAborted(asked, signal)
      } catch (error) {
        if (signal.aborted) giveUp(name)
        throw error
      }
      names.set(admission, name)
      return admission
    },
    giveUp(admission) {
      const name = names.get(admission)
      if (name !== undefined) giveUp(name)
    },
    send: ({ ticket }, { url, ...init }) => {
      const send = () => plainFetch(url, { ...init, redirect: 'manual', duplex: 'half' } as RequestInit) // a stream needs it; Node's type lacks it
      return ticket === null ? send() : runWith(ticket, send)
    },
    wait: (ms, reason) => session.vendorWaits.wait(ms, reason),
  }
  const given = { port, signal: session.abort.signal, idempotencyKey: () => session.scopes.idempotencyKey() }
  return (options) => createHttpClient(given, options)
}
