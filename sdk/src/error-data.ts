import {
  CrosswalkError,
  EgressRefusedError,
  IntegrationNotFoundError,
  MappingNotFoundError,
  MultipleMappingsError,
  OrganizationInactiveError,
  PermissionDeniedError,
  RetryAfter,
  SecretNotFoundError,
  StopRetrying,
  ValidationError,
} from './errors.ts'
import { HttpError } from './http.ts'
import { VendorError, vendorErrorKinds } from './http-client/vendor-error.ts'
import type { JsonObject } from './json.ts'
import { readableData, shortened } from './readable-data.ts'

/**
 * An error as plain data: what crosses a process or is stored. (The structured clone of an error drops `code` and
 * `details`, so errors travel as this.)
 */
export type ErrorData = {
  /** Class name, for people: `HttpError`, `TypeError`. */
  type: string
  message: string
  /** Ours (`mapping_not_found`) or the system's (`ECONNREFUSED`). Null when it has none. */
  code: string | null
  details: JsonObject
  stack: string | null
  /** What caused it; null when nothing did. */
  cause: ErrorData | null
  /** What an `AggregateError` holds, the first ten; absent where there is nothing. */
  errors?: ErrorData[]
}

/** Causes deeper than this are dropped: a chain that refers to itself must end. */
const maxCauseDepth = 5
/** So many errors of an `AggregateError` are kept, and so many in all of whatever holds each other. */
const maxErrors = 10
const maxErrorsInAll = 25
// An error is read by people: nothing of it grows with what a vendor or a loop put into it. In characters.
const maxWordChars = 200
const maxMessageChars = 65_536
const maxStackChars = 65_536
const maxDetailsChars = 32_768

/** Turns anything thrown into plain data of a bounded size. Never throws. */
export function toErrorData(error: unknown): ErrorData {
  return dataOf(error, 0, { left: maxErrorsInAll, nameKey: 'name', above: new Set() })
}

/** The same of what came as error data from elsewhere: in its form and of a bounded size, whatever it was. Never throws. */
export function boundErrorData(data: unknown): ErrorData {
  return dataOf(data, 0, { left: maxErrorsInAll, nameKey: 'type', above: new Set() })
}

/** How many more are kept, and where the name of each stands. */
type Budget = { left: number; nameKey: 'name' | 'type' /** What this one is a cause of. */; above: Set<unknown> }

function dataOf(error: unknown, depth: number, budget: Budget): ErrorData {
  budget.left -= 1
  if (!isErrorLike(error)) {
    const message = shortened(textOf(error), maxMessageChars)
    return { type: 'Error', message, code: null, details: {}, stack: null, cause: null }
  }
  const name = member(error, budget.nameKey)
  const code = member(error, 'code')
  const message = String(member(error, 'message'))
  const stack = stackOf(error, message)
  const cause = member(error, 'cause')
  const mayGoOn = depth < maxCauseDepth && budget.left > 0
  budget.above.add(error)
  const errors = mayGoOn ? errorsOf(error, depth, budget) : []
  const inner = cause !== undefined && cause !== null && mayGoOn && !budget.above.has(cause) ? dataOf(cause, depth + 1, budget) : null
  budget.above.delete(error)
  return {
    type: typeof name === 'string' && name !== '' ? shortened(name, maxWordChars) : 'Error',
    message: shortened(message, maxMessageChars),
    code: typeof code === 'string' ? shortened(code, maxWordChars) : null,
    details: detailsOf(member(error, 'details')),
    stack: typeof stack === 'string' ? stack.slice(-maxStackChars) : null,
    cause: inner,
    ...(errors.length === 0 ? {} : { errors }),
  }
}

/** Node puts the message before the frames; of a huge one a second copy could fill the heap, so that the frames are asked for alone. */
function stackOf(error: object, message: string): unknown {
  if (message.length <= maxMessageChars) return member(error, 'stack')
  const { prepareStackTrace } = Error
  try {
    Error.prepareStackTrace = (_error, frames) => frames.map((frame) => `    at ${frame}`).join('\n')
    return member(error, 'stack')
  } finally {
    // Undefined where nobody has set it.
    Error.prepareStackTrace = prepareStackTrace as NonNullable<typeof prepareStackTrace>
  }
}

function errorsOf(error: object, depth: number, budget: Budget): ErrorData[] {
  const errors = member(error, 'errors')
  if (!Array.isArray(errors)) return []
  // Others have lists of that name too, with the messages of each field.
  return errors
    .slice(0, Math.min(maxErrors, budget.left))
    .filter((inner) => !budget.above.has(inner))
    .filter((inner) => isErrorLike(inner) || error instanceof AggregateError)
    .map((inner) => dataOf(inner, depth + 1, budget))
}

const revivable: Record<string, (message: string, details: JsonObject, options: ErrorOptions) => CrosswalkError> = {
  mapping_not_found: (message, details, options) => new MappingNotFoundError(message, details, options),
  multiple_mappings: (message, details, options) => new MultipleMappingsError(message, details, options),
  integration_not_found: (message, details, options) => new IntegrationNotFoundError(message, details, options),
  organization_inactive: (message, details, options) => new OrganizationInactiveError(message, details, options),
  secret_not_found: (message, details, options) => new SecretNotFoundError(message, details, options),
  forbidden: (message, details, options) => new PermissionDeniedError(message, details, options),
  egress_refused: (message, details, options) => new EgressRefusedError(message, details, options),
  http_error: (message, details, options) => new HttpError(message, details, options),
  vendor_error: (message, details, options) =>
    new VendorError(vendorErrorKinds.find((kind) => kind === details.kind) ?? 'unavailable', message, details, options),
  validation_failed: (message, details, options) => new ValidationError(message, messagesByField(details), options),
  stop_retrying: (message, _details, options) => new StopRetrying(message, options),
  retry_after: (message, details, options) => new RetryAfter(Math.max(0, Number(details.delay_ms) || 0), message, options),
}

/**
 * Makes an error again: of its own class where the code is one that authors catch by class, else a {@link CrosswalkError}
 * with the same code, else an `Error` with the same name. Message, details, stack and cause are as they were.
 */
export function fromErrorData(data: ErrorData): Error {
  const options = data.cause ? { cause: fromErrorData(data.cause) } : {}
  const error = revive(data, options)
  if (data.errors) Object.assign(error, { errors: data.errors.map(fromErrorData) })
  error.name = data.type
  if (data.stack !== null) error.stack = data.stack
  return error
}

function revive({ type, code, message, details }: ErrorData, options: ErrorOptions): Error {
  if (code === null) return type === 'AggregateError' ? new AggregateError([], message, options) : new Error(message, options)
  const make = Object.hasOwn(revivable, code) ? revivable[code] : undefined
  return make ? make(message, details, options) : new CrosswalkError(code, message, details, options)
}

function messagesByField(details: JsonObject): Record<string, string[]> {
  const fields = Object.entries(details).map(([field, value]) => [field, (Array.isArray(value) ? value : [value]).map(String)] as const)
  return Object.fromEntries(fields)
}

function isErrorLike(error: unknown): error is object {
  return typeof error === 'object' && error !== null && typeof member(error, 'message') === 'string'
}

/** What an object has under a name; undefined where even looking fails. */
function member(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  return JSON.stringify(readableData(thrown))
}

function detailsOf(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const details = readableData(value, maxDetailsChars)
  return typeof details === 'object' && details !== null && !Array.isArray(details) ? details : {}
}
