import { type DomainError, defineErrors } from '../platform/errors.ts'

export const vendorError = defineErrors({
  vendor_error: { status: 502, message: 'A call to a vendor failed. See details.kind.' },
})

/** Without a gateway nobody puts credentials in, and nobody counts what is asked. */
export function noGateway(): DomainError {
  return vendorError(
    'vendor_error',
    { kind: 'unavailable', reason: 'no_gateway' },
    'context.http needs the network gateway, and this worker has none: on Windows there is none. Run workers on Linux or macOS, or call the vendor with fetch and read the secret with getSecret.',
  )
}

/** The kinds of failure that are met before a request is sent; the SDK has the rest. */
export type FailureKind = 'credentials' | 'permission' | 'rate_limited' | 'unavailable' | 'timeout' | 'invalid_response' | 'egress_refused'

/** A failure as it is kept and told to those who ask again meanwhile. It holds no secret. */
export type VendorFailure = {
  kind: FailureKind
  message: string
  /** Which of several failures of the kind it is, where what to do depends on it. */
  reason?: 'renewal_lost' | 'not_connected'
  status?: number
  /** OAuth's own word, such as `invalid_client`. */
  vendorCode?: string
  vendorMessage?: string
  /** In how long the vendor is asked again. */
  retryAfterMs?: number
}

/** As the author's code sees it. */
export function asVendorError(failure: VendorFailure, more: Record<string, unknown> = {}): DomainError {
  const { kind, message, reason, status, vendorCode, vendorMessage, retryAfterMs } = failure
  const details = {
    kind,
    ...(reason === undefined ? {} : { reason }),
    ...(status === undefined ? {} : { status }),
    ...(vendorCode === undefined ? {} : { vendor_code: vendorCode }),
    ...(vendorMessage === undefined ? {} : { vendor_message: vendorMessage }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...more,
  }
  return vendorError('vendor_error', details, message)
}
