import { ValidationError } from './errors.ts'

/** In characters; one that takes two places in JavaScript is one. */
export const maxExternalIdChars = 200

const invisible = /^[\s\p{Z}\p{Cf}]*$/u
const controlOrHalf = /[\p{Cc}\p{Cs}]/u

/**
 * What is wrong with an external organization's id, in words that follow the name of the field; undefined where nothing is.
 *
 * The one rule for external ids, wherever they come from: opaque text of 1 to 200 characters, whatever a vendor sends but control
 * characters (and halves of characters), and not blank. It is compared byte for byte.
 */
export function externalIdProblem(id: unknown): string | undefined {
  if (typeof id === 'number' && !Number.isSafeInteger(id)) return `must be text: as a number, ${id} ${numberProblem(id)}`
  if (typeof id !== 'string') return 'must be text'
  if (id === '') return 'must not be empty'
  if (invisible.test(id)) return 'must not be blank'
  if (controlOrHalf.test(id)) return 'must not contain control characters'
  // No text has more characters than places.
  if (id.length > maxExternalIdChars && [...id].length > maxExternalIdChars) return `must be at most ${maxExternalIdChars} characters long`
  return undefined
}

/**
 * An id as a vendor sends it, as the text that we keep. A number that JavaScript does not hold exactly is not the id that the vendor sent:
 * two customers could become one.
 *
 * @example z.unknown().transform(externalIdOf)
 * @throws validation_failed for what is neither text nor a whole number, for a number beyond 2^53 − 1, and for text that is no id
 */
export function externalIdOf(id: unknown): string {
  const problem = typeof id === 'number' ? numberProblem(id) : typeof id === 'bigint' ? undefined : externalIdProblem(id)
  if (problem === undefined) return String(id)
  throw new ValidationError(`The external id ${shownId(id)} ${problem}.`, { external_org_id: [problem] })
}

/** What is wrong with a number as an id; undefined where nothing is. */
export function numberProblem(id: number): string | undefined {
  if (Number.isSafeInteger(id)) return undefined
  return Number.isInteger(id)
    ? 'is larger than a number can be exactly (2^53 − 1), so it may be another one than the vendor sent; read it as text, as readJson does'
    : 'is not a whole number'
}

/** An id as it is quoted in a message. */
export function shownId(id: unknown): string {
  if (typeof id === 'number' || typeof id === 'bigint') return String(id)
  if (typeof id !== 'string') return id === null ? 'null' : `of the type ${typeof id}`
  return JSON.stringify(id.length > 60 ? `${id.slice(0, 60).toWellFormed()}…` : id)
}
