import { type Admission, EgressRefusedError, type HttpClient, type HttpOptions, type HttpPort, type OpenedHttp } from '@crosswalk/sdk'
import { createHttpClient } from '@crosswalk/sdk/http-client'
import type { CallNote } from '../protocol/network.ts'
import { AheadAdmissions } from './ahead-admissions.ts'
import { runningIntegration } from './integration-failures.ts'
import type { Network } from './network/network.ts'
import type { Session } from './session.ts'

let call: Network['call'] = () => Promise.reject(new Error('There is no network yet.'))

/** Takes what makes their requests. */
export function makeCallsBy(given: Network['call']): void {
  call = given
}

/** Rejects with the signal's reason once it is aborted, without leaving anything at the signal. */
function orAborted<Result>(asked: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** A series of tickets: each request shows which of them it uses. */
type AheadSeries = { ticket: string; exchanges: string[] }

/** Whether the gateway did not take the ticket, since it was given ahead and is not good any more. */
function isLate(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return [thrown, cause].some((error) => error instanceof EgressRefusedError && error.details.reason === 'ticket_late')
}

/** `context.http` of one execution: the worker admits each request, and the gateway puts in its credentials. */
export function httpOf(session: Session): (options: HttpOptions) => HttpClient {
  let number = 0
  const known = new WeakMap<Admission, { name?: string; note: CallNote; ahead?: AheadAdmissions }>()
  const clients = new Map<string, AheadAdmissions>()
  const stepKey = () => session.scopes.current?.attempt.idempotencyKey ?? null
  const aheadOf = (client: string): AheadAdmissions => {
    const ahead =
      clients.get(client) ??
      new AheadAdmissions(async (count) => {
        const series = (await session.ask('http.ahead', { client, count, step: stepKey() })) as AheadSeries | null
        return series?.exchanges.map((exchange, index) => ({ ticket: `${series.ticket}.${index}`, exchange })) ?? []
      }) // the host's own answer
    clients.set(client, ahead)
    return ahead
  }
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
      const { client, method, url, attempt, refused } = request
      const note: CallNote = [attempt, stepKey()]
      const ahead = aheadOf(client)
      if (refused !== undefined) ahead.drop(performance.now())
      // One that is given ahead may prove late: then the call is made again, which is for those alone that may be.
      const ready = method === 'GET' && attempt === 1 && refused === undefined ? ahead.take(performance.now()) : undefined
      if (ready) {
        known.set(ready, { note, ahead })
        return ready
      }
      const name = String(++number)
      const asked = session.ask('http.admit', {
        client,
        method,
        url,
        name,
        step: note[1],
        ...(refused === undefined ? {} : { refused }),
      }) as Promise<Admission>
      let admission: Admission
      try {
        admission = await orAborted(asked, signal)
      } catch (error) {
        if (signal.aborted) giveUp(name)
        throw error
      }
      known.set(admission, { name, note })
      return admission
    },
    giveUp(admission) {
      const name = known.get(admission)?.name
      if (name !== undefined) giveUp(name)
    },
    async send(admission, request) {
      const { ticket } = admission
      const { note = [1, null], ahead } = known.get(admission) ?? {}
      try {
        return await call(request, ticket === null ? undefined : { ticket, note })
      } catch (error) {
        if (!ahead || !isLate(error)) throw error
        ahead.drop(performance.now())
        return undefined
      }
    },
    noteFailure({ ticket, exchange }, kind) {
      // Without a ticket nobody lists it.
      if (ticket !== null) void session.ask('http.failed', { exchange, kind }).catch(() => {})
    },
    wait: (ms, reason) => session.vendorWaits.wait(ms, reason),
  }
  const given = { port, signal: session.abort.signal, idempotencyKey: () => session.scopes.idempotencyKey() }
  return (options) => createHttpClient(given, options)
}
