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

/** `context.http` of one execution: the worker admits each request, and the gateway puts in its credentials. */
export function httpOf(session: Session): (options: HttpOptions) => HttpClient {
  const port: HttpPort = {
    async open(spec) {
      const integration = runningIntegration()
      const asked = integration === undefined ? spec : { ...spec, integration }
      const opened = (await session.ask('http.open', asked)) as OpenedHttp // the host's own answer
      return integration === undefined ? opened : { ...opened, integration }
    },
    admit: async (request) => {
      const step = session.scopes.current?.attempt.idempotencyKey
      return (await session.ask('http.admit', step === undefined ? request : { ...request, step })) as Admission
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
