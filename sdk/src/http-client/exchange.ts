import type { Call } from './call.ts'
import { failureOf, refusalOf, timeoutOf, unreadRefusalOf } from './failures.ts'
import type { Admission, HttpPort } from './port.ts'
import { type Attempts, delayBeforeNext, isRefusal, type Repeating } from './repeats.ts'
import type { Sendable } from './request-body.ts'
import { withoutQueryOf } from './request-url.ts'
import { VendorError, type VendorErrorKind } from './vendor-error.ts'

/** One call as it is made: over all its attempts, and where it is led on. */
export type Outgoing = {
  method: string
  url: URL
  sendable: Sendable
  timeoutMs: number
  repeating: Repeating
  /** Of the execution, and the author's own. */
  signal: AbortSignal
  /** The author's own. */
  ownSignal?: AbortSignal | undefined
  /** Whether a 401 may mean that a token is dead, and another is asked for. */
  hasToken: boolean
}

type Given = {
  port: HttpPort
  client: string
  random: () => number
  /** The exchange of this client whose token was refused, and that could not be made again: the next one has another. */
  dead: { exchange?: string | undefined }
}

/** What is made of an answer, while the attempt's time runs. */
export type Reading<Result> = {
  /** @param noteFailure says that the call failed by this answer, where that is seen only later */
  read(response: Response, call: Call, noteFailure: NoteFailure): Promise<Result>
  /** True where an answer of any status is given to the code in the end, and not thrown; the code reads it after the call. */
  takesRefusals: boolean
}

export type NoteFailure = (kind: VendorErrorKind) => void

const maxRedirects = 5

/**
 * Makes a call: admitted by the platform, sent, read; led on within its origin, with another token once, and made again where that may help.
 * Each attempt is admitted by itself.
 *
 * @throws VendorError, or the reason of the signal
 */
export async function exchange<Result>(given: Given, outgoing: Outgoing, reading: Reading<Result>): Promise<Result> {
  const { port, client, random } = given
  const { signal, repeating } = outgoing
  const attempts: Attempts = { made: 0, refusals: 0 }
  let { method, url, sendable } = outgoing
  let refused = given.dead.exchange
  given.dead.exchange = undefined
  let hasRenewed = false
  let redirects = 0
  for (;;) {
    signal.throwIfAborted()
    const call: Call = { method, url: withoutQueryOf(url) }
    attempts.made++
    const admission = await port.admit(
      { client, method, url: url.href, attempt: attempts.made, ...(refused === undefined ? {} : { refused }) },
      signal,
    )
    refused = undefined
    const noteFailure = (kind: VendorErrorKind) => port.noteFailure?.(admission, kind)
    const outcome = await attempt(port, admission, { ...outgoing, method, url, sendable }, call, reading, noteFailure)
    if ('result' in outcome) return outcome.result
    if ('location' in outcome) {
      try {
        if (++redirects > maxRedirects) throw redirectFailure(call, outcome, 'more than five times on')
        ;({ method, url, sendable } = ledOn({ method, url, sendable }, outcome, call))
      } catch (error) {
        if (error instanceof VendorError) noteFailure(error.kind)
        throw error
      }
      // That was no attempt which failed.
      attempts.made--
      continue
    }
    if ('isUnsent' in outcome) {
      attempts.made--
      continue
    }
    const { failure, response } = outcome
    failure.details.attempts = attempts.made
    failure.details.max_attempts = repeating.maxAttempts
    if (failure.status === 401 && outgoing.hasToken && !hasRenewed) {
      hasRenewed = true
      if (sendable.canBeSentAgain) {
        refused = admission.exchange
        await letGo(response)
        continue
      }
      given.dead.exchange = admission.exchange
    }
    if (isRefusal(failure)) attempts.refusals++
    const delayMs = sendable.canBeSentAgain ? delayBeforeNext(failure, method, attempts, repeating, random) : undefined
    if (delayMs !== undefined) {
      const line = `${failure.message.replace(/[\s.]+$/, '')}. It is asked again in ${Math.round(delayMs / 100) / 10} s.`
      if (await port.wait(delayMs, { line, signal, failure })) {
        await letGo(response)
        continue
      }
    }
    if (response) return await reading.read(response, call, noteFailure)
    throw failure
  }
}

/** Lets go of an answer that is not read. It may have broken off, which is no matter then. */
async function letGo(response: Response | undefined): Promise<void> {
  await response?.body?.cancel().catch(() => {})
}

type Ended<Result> =
  | { result: Result }
  | { location: string; status: number }
  /** Its admission had ended. */
  | { isUnsent: true }
  /** `response`: not read yet, where the code takes refusals. */
  | { failure: VendorError; response?: Response }

async function attempt<Result>(
  port: HttpPort,
  admission: Admission,
  { method, url, sendable, timeoutMs, signal, ownSignal }: Outgoing,
  call: Call,
  reading: Reading<Result>,
  noteFailure: NoteFailure,
): Promise<Ended<Result>> {
  const ending = new AbortController()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    ending.abort(new DOMException('The call took too long.', 'TimeoutError'))
  }, timeoutMs)
  let response: Response | undefined
  try {
    response = await port.send(admission, {
      ...{ method, url: url.href, headers: sendable.headers, body: sendable.body },
      ...{ signal: ownSignal, ends: [signal, ending.signal] },
    })
    if (!response) return { isUnsent: true }
    const location = response.status >= 300 && response.status < 400 && response.status !== 304 ? response.headers.get('location') : null
    if (location !== null) {
      await letGo(response)
      return { location, status: response.status }
    }
    if (response.ok) return { result: await reading.read(response, call, noteFailure) }
    if (!reading.takesRefusals) return { failure: await refusalOf(response, call) }
    return { failure: unreadRefusalOf(response, call), response }
  } catch (thrown) {
    if (!response) port.giveUp(admission)
    if (isLate) return { failure: timeoutOf(call, timeoutMs, response) }
    signal.throwIfAborted()
    const failure = failureOf(thrown, call, response)
    if (!(failure instanceof VendorError)) throw failure
    if (response?.ok) noteFailure(failure.kind)
    return { failure }
  } finally {
    clearTimeout(timer)
  }
}

type Led = Pick<Outgoing, 'method' | 'url' | 'sendable'>

/** What is asked where an answer leads on. @throws VendorError where it is not followed */
function ledOn({ method, url, sendable }: Led, outcome: { location: string; status: number }, call: Call): Led {
  const to = locationOf(outcome.location, url, call, outcome)
  const isGet = outcome.status === 303 || (outcome.status < 303 && method === 'POST')
  if (isGet && method !== 'HEAD') return { method: 'GET', url: to, sendable: withoutBody(sendable) }
  if (!sendable.canBeSentAgain) throw redirectFailure(call, outcome, 'on, and its body is a stream, which is sent once')
  return { method, url: to, sendable }
}

function locationOf(location: string, from: URL, call: Call, { status }: { status: number }): URL {
  const to = URL.parse(location, from)
  if (!to) throw redirectFailure(call, { status }, 'to what is no address')
  if (to.origin !== from.origin)
    throw redirectFailure(
      call,
      { status },
      `to ${to.protocol === 'file:' ? 'a file' : to.origin}, where it is not followed: credentials stay at one host`,
    )
  to.hash = ''
  to.username = ''
  to.password = ''
  return to
}

function redirectFailure(call: Call, { status }: { status: number }, where: string): VendorError {
  return new VendorError(
    'invalid_response',
    `${call.method} ${call.url} answered ${status} and leads ${where}. Check that this is the address of the vendor's API.`,
    { status, method: call.method, url: call.url, reason: 'redirect' },
  )
}

function withoutBody({ headers }: Sendable): Sendable {
  const kept = new Headers(headers)
  for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']) kept.delete(name)
  return { headers: kept, body: undefined, canBeSentAgain: true }
}
