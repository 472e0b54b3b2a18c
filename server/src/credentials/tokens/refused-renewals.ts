import type { DomainError } from '../../platform/errors.ts'
import { asVendorError, type VendorFailure } from '../vendor-failures.ts'

/** Whose renewal it is. */
type Wanted = { host: string; integration: string | null; connection?: string | undefined; remedy: string | null }

/** Of the client, and not of its refresh token. */
const ofClient = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'])

/**
 * A refusal after a renewal that was cut off: the vendor may have replaced the refresh token then, and what it put in its place came to nobody.
 * The old one is tried all the same, since many vendors take it for some time. Where it is refused, only a person can help.
 *
 * @param lostAt since when nobody knows
 * @param remedy what a person does, as a sentence
 */
export function asLost(failure: VendorFailure, lostAt: Date, host: string, remedy: string): VendorFailure {
  if (failure.kind !== 'credentials' || ofClient.has(failure.vendorCode ?? '')) return failure
  const said = [...new Set([failure.vendorCode, failure.vendorMessage])].filter((part) => part !== undefined).join(': ')
  return {
    ...failure,
    reason: 'renewal_lost',
    message: `A renewal at ${host} was cut off around ${shown(lostAt)}. The vendor seems to have replaced the refresh token then, and refuses the one that is kept${said === '' ? '' : ` (${said.replace(/[\s.]+$/, '')})`}. ${remedy}`,
  }
}

const shown = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** With what a person does about it. To connect again changes nothing about a client that the vendor does not take. */
export function refusalOf({ connection, integration, remedy }: Wanted, failure: VendorFailure): DomainError {
  const isOfConsent = connection !== undefined && !ofClient.has(failure.vendorCode ?? '')
  const isOfPerson = failure.kind === 'credentials' && remedy !== null && (isOfConsent || failure.reason === 'renewal_lost')
  return asVendorError(failure, {
    ...(connection === undefined ? {} : { integration_name: integration, connection }),
    ...(isOfPerson ? { remedy } : {}),
  })
}

/** Nothing to make a request with. */
export const notRenewable = ({ host, remedy }: Wanted): VendorFailure => ({
  kind: 'credentials',
  message: `The token of ${host} is refused or has ended, and there is nothing to renew it with. ${remedy ?? ''}`.trimEnd(),
})
