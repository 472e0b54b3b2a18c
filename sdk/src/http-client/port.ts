import type { AuthOptions, TextValue } from './auth-options.ts'
import type { VendorError, VendorErrorKind } from './vendor-error.ts'

/** How often a vendor may be asked. `share` is how much of that is used, so that a rest is left for the vendor's other users: 0.8. */
export type LimitSpec =
  | { readonly requests: number; readonly perMs: number; readonly window?: 'sliding' | 'fixed'; readonly share?: number }
  | { readonly parallel: number }

/** What is told of the authentication: the same that an author writes. It names secrets and config keys, and has no values of secrets. */
export type AuthSpec = AuthOptions

/** What a client is, as plain JSON. */
export type HttpSpec = {
  baseUrl: TextValue
  auth: AuthSpec | null
  limits: readonly LimitSpec[]
  /** A token from before it is not used. */
  freshToken?: boolean
  name?: string
  /** Whose code asks, as the runner says. */
  integration?: string
}

/** `client` is what the platform calls it, within this execution; `baseUrl` is the address itself. */
export type OpenedHttp = { client: string; baseUrl: string /** Whose code asked, where that is known. */; integration?: string }

export type AdmitRequest = {
  client: string
  method: string
  url: string
  /** 1 for the first. */
  attempt: number
  /** The exchange whose 401 says that its token is dead. */
  refused?: string
}

export type Admission = {
  /** What the gateway opens, to put in the credentials. Null where there are none, or where who sends knows them. */
  ticket: string | null
  exchange: string
  /** For the budget of the vendor. */
  waitedMs: number
}

/** What `fetch` takes as a body. */
export type RequestBody = NonNullable<RequestInit['body']>

export type SentRequest = {
  method: string
  url: string
  headers: Headers
  body?: RequestBody | undefined
  /** The author's own, for `fetch` as it is. */
  signal?: AbortSignal | undefined
  /**
   * The platform's: the request ends with each of them, and so does what is read of its answer later. A signal that is made of several, and
   * one that `fetch` watches, take a good part of what a call has beside `fetch`.
   */
  ends: readonly AbortSignal[]
}

/** What the client needs from where it runs: the platform's runner, or a test. */
export interface HttpPort {
  /**
   * Once for each client, at its first call: the platform checks what the options say.
   *
   * @throws validation_failed, forbidden, address_not_allowed
   */
  open(spec: HttpSpec): Promise<OpenedHttp>
  /**
   * Waits for the budget, makes sure of a token, and gives what one request needs.
   *
   * @param signal ends the wait
   * @throws VendorError with the kind credentials, rate_limited or unavailable; secret_not_found, address_not_allowed
   */
  admit(request: AdmitRequest, signal: AbortSignal): Promise<Admission>
  /** A request with that admission was not made, and will not be. Safe to say of one that was. */
  giveUp(admission: Admission): void
  /**
   * Sends one request. No redirect is followed; an answer of any status is given. Throws what `fetch` throws.
   *
   * @returns undefined where it was not made, since its admission is not good any more: it is admitted again
   */
  send(admission: Admission, request: SentRequest): Promise<Response | undefined>
  /** An answer came, and the call failed by what it is, whatever its status. Where nobody lists the exchanges it is left out. */
  noteFailure?(admission: Admission, kind: VendorErrorKind): void
  /**
   * Waits before another attempt, where the vendor asked for it or failed for the moment.
   *
   * @returns false where that is too long: then the failure is told.
   */
  wait(ms: number, reason: { line: string; signal: AbortSignal; failure: VendorError }): Promise<boolean>
}
