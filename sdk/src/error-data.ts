import {
  CrosswalkError,
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
  return dataOf(error, 0, { left: maxErrorsInAll })
}

function dataOf(error: unknown, depth: number, budget: { left: number }): ErrorData {
  budget.left -= 1
  if (!isErrorLike(error)) {
    const message = shortened(textOf(error), maxMessageChars)
    return { type: 'Error', message, code: null, details: {}, stack: null, cause: null }
  }
  const name = member(error, 'name')
  const code = member(error, 'code')
  const stack = member(error, 'stack')
  const cause = member(error, 'cause')
  const mayGoOn = depth < maxCauseDepth && budget.left > 0
  const errors = mayGoOn ? errorsOf(error, depth, budget) : []
  return {
    type: typeof name === 'string' && name !== '' ? shortened(name, maxWordChars) : 'Error',
    message: shortened(String(member(error, 'message')), maxMessageChars),
    code: typeof code === 'string' ? shortened(code, maxWordChars) : null,
    details: detailsOf(member(error, 'details')),
    // The frames stand behind the message, which may be of any length.
    stack: typeof stack === 'string' ? stack.slice(-maxStackChars) : null,
    cause: cause !== undefined && cause !== null && mayGoOn ? dataOf(cause, depth + 1, budget) : null,
    ...(errors.length === 0 ? {} : { errors }),
  }
}

function errorsOf(error: object, depth: number, budget: { left: number }): ErrorData[] {
  const errors = member(error, 'errors')
  if (!Array.isArray(errors)) return []
  // Others have lists of that name too, with the messages of each field.
  return errors
    .slice(0, Math.min(maxErrors, budget.left))
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
  http_error: (message, details, options) => new HttpError(message, details, options),
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
