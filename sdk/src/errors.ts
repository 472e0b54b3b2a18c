import type { JsonObject } from './json.ts'

/** Marks our errors across two copies of this package in one process. */
const errorBrand: unique symbol = Symbol.for('crosswalk.error')

/** Codes that an author can compare; see the class of the same name for when each is thrown. */
export const crosswalkErrorCodes = [
  'mapping_not_found',
  'multiple_mappings',
  'mapping_exists',
  'external_org_taken',
  'integration_not_found',
  'organization_inactive',
  'secret_not_found',
  'validation_failed',
  'forbidden',
  'http_error',
  'vendor_error',
  'stop_retrying',
  'retry_after',
  'step_result_too_large',
  'step_not_awaited',
  'mapping_not_supported',
  'mapping_holds_secret',
  'address_not_allowed',
  'secret_not_for_host',
  'result_not_serializable',
  'answer_not_json',
  'definition_invalid',
  'egress_refused',
  'approval_rejected',
  'approval_expired',
  'approval_role_unknown',
  'too_many_approvals',
] as const

/** One of {@link crosswalkErrorCodes}. */
export type CrosswalkErrorCode = (typeof crosswalkErrorCodes)[number]

/**
 * Base of every error that the platform throws into author code. Compare `code`, not the class: an error that was
 * recorded and read back, or that crossed a process, keeps its code and may lose its class.
 */
export class CrosswalkError extends Error {
  /** Stable, snake_case. Never changes for a released error. */
  readonly code: string
  /** Facts about the failure as plain data, keys in snake_case. Never holds a secret. */
  readonly details: JsonObject
  readonly [errorBrand] = true

  constructor(code: string, message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.details = details
  }
}

/** The organization has no active mapping for the integration, or not the one that was asked for. `mapping_not_found` */
export class MappingNotFoundError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('mapping_not_found', message, details, options)
  }
}

/** The organization has several active mappings for the integration and none was named. `multiple_mappings` */
export class MultipleMappingsError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('multiple_mappings', message, details, options)
  }

  /** Ids to choose from; pass one as `mappingId`. Oldest mapping first. */
  get mappingIds(): string[] {
    return stringsOf(this.details.mapping_ids)
  }
}

/** No integration of that name is registered. `integration_not_found` */
export class IntegrationNotFoundError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('integration_not_found', message, details, options)
  }

  /** Names that are registered, sorted. */
  get available(): string[] {
    return stringsOf(this.details.available)
  }
}

/** The organization is deactivated: nothing runs for it. `organization_inactive` */
export class OrganizationInactiveError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('organization_inactive', message, details, options)
  }
}

/** No value for the secret, neither of the organization nor global. `secret_not_found` */
export class SecretNotFoundError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('secret_not_found', message, details, options)
  }
}

/** Input does not fit its schema. `validation_failed` */
export class ValidationError extends CrosswalkError {
  /** Field path (`address.street`, `items.0`, or `parameters` for the whole) → what is wrong with it. */
  declare readonly details: Record<string, string[]>

  constructor(message: string, details: Record<string, string[]> = {}, options?: ErrorOptions) {
    super('validation_failed', message, details, options)
  }
}

/** The one who started this execution may not do that. `forbidden` */
export class PermissionDeniedError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('forbidden', message, details, options)
  }
}

/**
 * The connection leads where author code may not connect to: to a private address, or to a host that the integration does not declare.
 * The message says where and what to do; `details` has `host`, `port` and `reason`. `egress_refused`
 */
export class EgressRefusedError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('egress_refused', message, details, options)
  }
}

/**
 * Throw it inside a step when another attempt cannot succeed: the step fails at once, whatever attempts are left.
 *
 * @example throw new StopRetrying('The invoice is already paid.')
 */
export class StopRetrying extends CrosswalkError {
  constructor(message: string, options?: ErrorOptions) {
    super('stop_retrying', message, {}, options)
  }
}

/**
 * Throw it inside a step to choose when the next attempt starts. It still counts as one attempt.
 *
 * @example throw new RetryAfter(30_000, 'The export is being prepared.')
 */
export class RetryAfter extends CrosswalkError {
  /** @param delayMs milliseconds from now, zero or more. */
  constructor(delayMs: number, message = `Try again in ${delayMs} ms.`, options?: ErrorOptions) {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new TypeError(`RetryAfter needs milliseconds of zero or more, not ${delayMs}.`)
    super('retry_after', message, { delay_ms: delayMs }, options)
  }

  /** Milliseconds to wait before the next attempt. */
  get delayMs(): number {
    return Number(this.details.delay_ms)
  }
}

/**
 * Tells whether this is one of our errors, and the one with that code. Works on errors that lost their class on the
 * way (read back from storage, cloned between threads as data), as long as they have their `code`.
 */
export function isCrosswalkError<Code extends CrosswalkErrorCode | (string & {}) = string>(
  error: unknown,
  code?: Code,
): error is CrosswalkError & { code: Code } {
  if (typeof error !== 'object' || error === null) return false
  const own = codeOf(error)
  if (own === undefined) return false
  if (code !== undefined) return own === code
  return errorBrand in error || (crosswalkErrorCodes as readonly string[]).includes(own) // widened: includes() takes only members
}

/** Anything may be thrown, also what throws when it is read. */
function codeOf(error: object): string | undefined {
  try {
    const code: unknown = Reflect.get(error, 'code')
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
