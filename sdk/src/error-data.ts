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
}

/** Causes deeper than this are dropped: a chain that refers to itself must end. */
const maxCauseDepth = 5

/** Turns anything thrown into plain data. Never throws. */
export function toErrorData(error: unknown): ErrorData {
  return dataOf(error, 0)
}

function dataOf(error: unknown, depth: number): ErrorData {
  if (!isErrorLike(error)) return { type: 'Error', message: textOf(error), code: null, details: {}, stack: null, cause: null }
  const cause = 'cause' in error && error.cause !== undefined && depth < maxCauseDepth ? dataOf(error.cause, depth + 1) : null
  return {
    type: typeof error.name === 'string' && error.name !== '' ? error.name : 'Error',
    message: error.message,
    code: 'code' in error && typeof error.code === 'string' ? error.code : null,
    details: plainObject(error.details),
    stack: typeof error.stack === 'string' ? error.stack : null,
    cause,
  }
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
  error.name = data.type
  if (data.stack !== null) error.stack = data.stack
  return error
}

function revive({ code, message, details }: ErrorData, options: ErrorOptions): Error {
  if (code === null) return new Error(message, options)
  const make = Object.hasOwn(revivable, code) ? revivable[code] : undefined
  return make ? make(message, details, options) : new CrosswalkError(code, message, details, options)
}

function messagesByField(details: JsonObject): Record<string, string[]> {
  const fields = Object.entries(details).map(([field, value]) => [field, (Array.isArray(value) ? value : [value]).map(String)] as const)
  return Object.fromEntries(fields)
}

function isErrorLike(error: unknown): error is { name?: unknown; message: string; stack?: unknown; details?: unknown } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    return String(thrown)
  }
}

function plainObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return {}
  }
}
