/** What one error code means on the wire. */
export type ErrorDefinition = {
  status: number
  message: string
  /** Also the answer about what there is, and is out of the caller's reach: it is recorded of those who do not reach all, as other refusals are. */
  hidesOthers?: true
}

/**
 * A failure that ends the request, with a code that programs can rely on and a sentence that tells a person what to do.
 * `details` is sent to the caller: never put a secret or another organization's data there.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: string
  readonly status: number
  readonly details: Record<string, unknown>
  constructor(code: string, status: number, message: string, details: Record<string, unknown>) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
  }
}

const declared = new Map<string, ErrorDefinition>()

/** Every error code of the server with its status and sentence, as `docs/errors.md` lists them. */
export function declaredErrors(): ReadonlyMap<string, ErrorDefinition> {
  return declared
}

/** Makes the errors of one slice: call it with a code and details, or ask it whether an error is that one. */
export type ErrorMaker<Code extends string> = {
  (code: Code, details?: Record<string, unknown>, message?: string): DomainError
  is(error: unknown, code: Code): error is DomainError
}

/**
 * Declares the error codes of a slice, once each. A code that two slices throw is one definition, which both give.
 *
 * @throws TypeError if a code is declared a second time, and not by the same definition.
 */
export function defineErrors<const Codes extends Record<string, ErrorDefinition>>(codes: Codes): ErrorMaker<keyof Codes & string> {
  for (const [code, definition] of Object.entries(codes)) {
    if ((declared.get(code) ?? definition) !== definition) throw new TypeError(`The error code ${code} is declared twice.`)
    declared.set(code, definition)
  }
  const make = (code: keyof Codes & string, details: Record<string, unknown> = {}, message?: string) => {
    const definition = codes[code] as ErrorDefinition
    return new DomainError(code, definition.status, message ?? definition.message, details)
  }
  return Object.assign(make, {
    is: (error: unknown, code: keyof Codes & string): error is DomainError => error instanceof DomainError && error.code === code,
  })
}

/** Errors that belong to no slice. */
export const platformError = defineErrors({
  validation_failed: { status: 400, message: 'The request is not valid. See details for each field.' },
  body_too_large: { status: 413, message: 'The request body is larger than 1 MiB. Send less at once.' },
  unsupported_media_type: { status: 415, message: 'Send the body as application/json, in UTF-8.' },
  malformed_json: { status: 400, message: 'The request body is not valid JSON.' },
  route_not_found: { status: 404, message: 'There is no such route. See /api/docs for all of them.' },
  method_not_allowed: { status: 405, message: 'This path does not take that method. The header Allow says which it takes.' },
  database_unavailable: { status: 503, message: 'The database does not answer. Try again in a few seconds.' },
  database_too_slow: {
    status: 504,
    message:
      'The database took too long over this, and it was given up. Ask for less at once, or try again later. If it lasts, see what the database is busy with.',
  },
  host_not_allowed: {
    status: 421,
    message: 'This installation is not known by that name. Use its address, or add the name to CROSSWALK_PUBLIC_HOSTS.',
  },
  malformed_request: { status: 400, message: 'This is no HTTP request that can be read. Check the program that sent it.' },
  headers_too_large: {
    status: 431,
    message: 'The headers of the request are larger than 16 KiB. Send fewer cookies or a shorter address.',
  },
  request_timeout: { status: 408, message: 'The request took longer than 30 seconds to arrive, and was given up. Send it again, faster.' },
  too_many_connections: {
    status: 503,
    message: 'This address has too many connections open. Close some, or raise CROSSWALK_MAX_CONNECTIONS_PER_ADDRESS.',
  },
  too_many_streams: {
    status: 429,
    message: 'This address follows too many logs at once. Close some, or raise CROSSWALK_MAX_STREAMS_PER_ADDRESS.',
  },
  overloaded: { status: 503, message: 'The server is overloaded. Try again in a few seconds.' },
  internal_error: { status: 500, message: 'Something went wrong on the server. Its log has the cause under this request id.' },
})
