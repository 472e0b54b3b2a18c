import { VendorError } from '@crosswalk/sdk'

/** As a vendor writes it: `0012` and `12 ` are other texts, and would be other organizations to everybody else. */
const wholeId = /^[1-9]\d{0,14}$/
/** Of 64 bits: more than a number of JavaScript holds. */
const longId = /^[1-9]\d{0,18}$/

/**
 * The id of an organization at a vendor whose ids are whole numbers.
 *
 * @throws VendorError not_found for any other text: a filter by no number is none, and would lead to the organizations of others
 */
export function wholeIdOf(externalOrgId: string, what: string): number {
  if (wholeId.test(externalOrgId)) return Number(externalOrgId)
  throw noWholeId(externalOrgId, what)
}

/** The same, as text, at a vendor whose ids may be longer. @throws VendorError not_found */
export function longIdOf(externalOrgId: string, what: string): string {
  if (longId.test(externalOrgId)) return externalOrgId
  throw noWholeId(externalOrgId, what)
}

function noWholeId(externalOrgId: string, what: string): VendorError {
  return new VendorError('not_found', `${what} '${externalOrgId.slice(0, 60)}' cannot be: the ids are whole numbers, such as 12.`, {
    reason: 'no_whole_number',
  })
}
