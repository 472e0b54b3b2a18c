import type { z } from 'zod'
import type { AuthOptions, ConfigRef } from './auth-options.ts'
import type { LimitSpec, RequestBody } from './port.ts'

/** What `context.http` takes. */
export type HttpOptions = {
  /** With the scheme, and as much of the path as all calls have in common. */
  readonly baseUrl: string | ConfigRef
  /** Default: none. */
  readonly auth?: AuthOptions
  /** What the vendor allows in all, to all of these credentials. Every worker of the platform keeps to it together. */
  readonly limits?: readonly LimitSpec[]
  /** A token from before this client is not used, although it is still good: for a check whether the vendor still gives one. Default false. */
  readonly freshToken?: boolean
  /** Tells apart several clients of an integration, for people. */
  readonly name?: string
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** For one attempt, its body included. Default 60 seconds. */
  readonly timeoutMs?: number
  readonly retry?: HttpRetry
  /** Of one answer, as it is read. Default 32 MiB. */
  readonly maxBytes?: number
}

/**
 * Which calls are made again after a failure that may pass, and how often.
 *
 * Default, three attempts of: GET, HEAD, OPTIONS, PUT and DELETE after 408, 425, 429, a 5xx other than 501, or no answer; any other method
 * after 429, after 503 with a Retry-After, and where it surely never left.
 */
export type HttpRetry = {
  /** In all. 1 means never again. Default 3. */
  readonly maxAttempts?: number
  /** True says that calls are safe to make twice, whatever their method: they are made again as a GET is. */
  readonly isRepeatable?: boolean
  /** Before the second attempt; each further waits twice as long. A vendor's Retry-After comes first. Default 1 second. */
  readonly initialDelayMs?: number
}

/** A parameter of a query or a field of a form. A list gives several of that name; null and undefined give none. */
export type QueryValue = string | number | bigint | boolean | null | undefined | readonly (string | number | bigint | boolean)[]
export type QueryValues = Readonly<Record<string, QueryValue>>

/** Of one call. At most one of `json`, `form` and `body`. */
export type HttpRequest = {
  readonly query?: QueryValues
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: QueryValues
  /** As `fetch` takes it. A stream is sent once, and so never again. */
  readonly body?: RequestBody
  /** Sent as `Idempotency-Key`. True: the key of the step or call that it is made in, the same over its attempts and after a crash. */
  readonly idempotencyKey?: string | true
  readonly timeoutMs?: number
  /** Beside the execution's own, which counts in any case. */
  readonly signal?: AbortSignal
  readonly retry?: HttpRetry
  readonly maxBytes?: number
}

/** The same, with what its JSON must be: what does not fit is a `VendorError` of the kind `invalid_response`. */
export type ParsedHttpRequest<Schema extends z.ZodType> = HttpRequest & { readonly schema: Schema }

/** Where the next page is. Pages end where one is empty or the total is reached; a page that is shorter than asked for says nothing. */
export type NextPage =
  /** By its number. `first` is that of the first: 1. */
  | { readonly page: string; readonly first?: number; readonly size?: PageSize }
  /** By how many items came before. */
  | { readonly offset: string; readonly size?: PageSize }
  /** By what the page before says: in its JSON under `from`, or in a header. None, null or empty text ends it. */
  | { readonly cursor: string; readonly from: string | { readonly header: string }; readonly size?: PageSize }
  /** By the id of the last item. `from` is where items have it: `id`. */
  | { readonly after: string; readonly from?: string; readonly size?: PageSize }
  /** By the address that the page before has in its JSON, such as `@odata.nextLink`. On the same host only. */
  | { readonly url: string; readonly size?: PageSize }
  /** By the `Link` header of the page before. On the same host only. */
  | { readonly link: 'next' | (string & {}); readonly size?: PageSize }

/** Name of the parameter, and how many items are asked for. */
export type PageSize = readonly [name: string, items: number]

/** Of a list that comes in pages. A path such as `data.items` leads into the JSON; a key that has dots itself is found first. */
export type PagesOptions = Omit<HttpRequest, 'json' | 'form' | 'body' | 'idempotencyKey'> & {
  readonly next: NextPage
  /** Where the items stand. Without it the page is the list itself. */
  readonly items?: string
  /** Where the number of all items stands. What came in the end must be as many. */
  readonly total?: string | { readonly header: string }
  /** Where items have what makes them one: no id comes twice. Default `id`, where items have one; false looks at none. */
  readonly id?: string | false
}

/** Pages whose items must fit a schema. */
export type ParsedPagesOptions<Schema extends z.ZodType> = PagesOptions & { readonly schema: Schema }

/** What a call takes beside its path; one with a schema gives what that makes of the answer. */
interface JsonCall {
  <Schema extends z.ZodType>(path: string, request: ParsedHttpRequest<Schema>): Promise<z.output<Schema>>
  (path: string, request?: HttpRequest): Promise<unknown>
}

/**
 * Calls one vendor, with its credentials and within its limits. Paths are joined to the base URL: `/users` and `users` are the same. A whole
 * URL must be of the same origin.
 */
export interface HttpClient {
  /** The JSON of the answer; undefined where it has no body. @throws VendorError */
  readonly get: JsonCall
  readonly post: JsonCall
  readonly put: JsonCall
  readonly patch: JsonCall
  readonly delete: JsonCall
  /**
   * A list page by page. What is not whole is not taken for whole: a page that repeats, a cursor that stands still, an id twice, an empty
   * page before the total and a total that shrinks are a `VendorError` of the kind `incomplete`, after the pages that came.
   */
  pages<Schema extends z.ZodType>(path: string, options: ParsedPagesOptions<Schema>): AsyncGenerator<z.output<Schema>[], void, undefined>
  pages(path: string, options: PagesOptions): AsyncGenerator<unknown[], void, undefined>
  /**
   * A `Response`, when JSON is not what comes. Its status may be any; read it, or cancel its body. `timeoutMs` ends with its head.
   *
   * @throws VendorError where there is no answer
   */
  fetch(path: string, init?: HttpFetchInit): Promise<Response>
}

/** As `fetch` has it, and what is ours beside it. */
export type HttpFetchInit = Pick<HttpRequest, 'query' | 'json' | 'form' | 'body' | 'idempotencyKey' | 'timeoutMs' | 'signal' | 'retry'> & {
  readonly method?: string
  readonly headers?: NonNullable<RequestInit['headers']>
}
