import { CrosswalkError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

/** What kind of failure a call to a vendor met: what a person does next depends on it. */
export const vendorErrorKinds = [
  /** The vendor does not accept the credentials. */
  'credentials',
  /** It accepts them, and they may not do that. */
  'permission',
  /** It does not know what was asked for. */
  'not_found',
  /** It limits how often it is asked, or the budget that we keep for it has no room in time. */
  'rate_limited',
  /** It cannot be reached, or has a fault of its own. */
  'unavailable',
  /** It did not answer in time. */
  'timeout',
  /** Its answer is not what it should be: a web page, a body of another length, other JSON. */
  'invalid_response',
  /** A list came, and not all of it. */
  'incomplete',
  /** Author code may not connect there. */
  'egress_refused',
  /** It does not accept the request as it is, or the request cannot be sent so. */
  'invalid_request',
] as const

export type VendorErrorKind = (typeof vendorErrorKinds)[number]

/** A call of `context.http` failed. `kind` says in which way, `details` has the facts. `vendor_error` */
export class VendorError extends CrosswalkError {
  constructor(kind: VendorErrorKind, message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('vendor_error', message, { kind, ...details }, options)
  }

  get kind(): VendorErrorKind {
    return this.details.kind as VendorErrorKind // the constructor has put it there
  }

  /** HTTP status; undefined where no answer came. */
  get status(): number | undefined {
    return numberOf(this.details.status)
  }

  /** Upper case. */
  get method(): string {
    return textOf(this.details.method) ?? ''
  }

  /** Without query, fragment and credentials, which may carry secrets. */
  get url(): string {
    return textOf(this.details.url) ?? ''
  }

  /** What the vendor says of it, a plain sentence of at most 200 characters; undefined where it says none. */
  get vendorMessage(): string | undefined {
    return textOf(this.details.vendor_message)
  }

  /** What the vendor's `Retry-After` asked for, in milliseconds; undefined when it sent none. */
  get retryAfterMs(): number | undefined {
    return numberOf(this.details.retry_after_ms)
  }

  /** Name of the integration whose call it was; undefined where a workflow made it itself. */
  get integration(): string | undefined {
    return textOf(this.details.integration_name)
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
