import { scimError } from './scim-problem.ts'

/** Where an attribute is: `name.givenName`, `emails[type eq "work"].value`. Names are in lower case, as they are compared. */
export type AttributePath = {
  attribute: string
  /** Which of several values. */
  where?: { attribute: string; value: string }
  sub?: string
}

/** One comparison of a filter, always for being equal. */
export type Term = { path: AttributePath; value: string }

const core = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/i
const text = String.raw`"(?:[^"\\]|\\.)*"`
const where = String.raw`(?:\[\s*([a-z]\w*)\s+eq\s+(${text}|true|false)\s*\])?`
const pathPattern = new RegExp(String.raw`^([a-z$][\w$-]*)${where}(?:\.([a-z]\w*))?$`, 'i')
const termPattern = new RegExp(String.raw`\s*([a-z$][\w$:.-]*${where}(?:\.[a-z]\w*)?)\s+eq\s+(${text}|true|false)\s*(?:$|(and)\s)`, 'iy')

const maxFilterLength = 2_000
const maxTerms = 10

/** A text in quotation marks, or `true` and `false` as text. */
function literalOf(written: string): string | undefined {
  if (!written.startsWith('"')) return written.toLowerCase()
  try {
    return String(JSON.parse(written))
  } catch {
    return undefined
  }
}

/**
 * The path that a change or a filter names.
 *
 * @returns undefined for an attribute of another schema, such as the enterprise extension, which is not kept here
 * @throws scim_path_refused
 */
export function parsePath(given: string): AttributePath | undefined {
  const path = given.trim().replace(core, '')
  if (/^urn:/i.test(path)) return undefined
  const found = path.length > maxFilterLength ? null : pathPattern.exec(path)
  const [, attribute, byName, byValue, sub] = found ?? []
  const value = byValue === undefined ? undefined : literalOf(byValue)
  if (attribute === undefined || (byValue !== undefined && value === undefined))
    throw scimError('scim_path_refused', { path: given.slice(0, 200) })
  return {
    attribute: attribute.toLowerCase(),
    ...(byName === undefined || value === undefined ? {} : { where: { attribute: byName.toLowerCase(), value } }),
    ...(sub === undefined ? {} : { sub: sub.toLowerCase() }),
  }
}

/**
 * The comparisons of a filter, all of which must hold. Names of attributes and operators are taken in any case.
 *
 * @throws scim_filter_refused, scim_path_refused
 */
export function parseFilter(filter: string): Term[] {
  const terms: Term[] = []
  const pattern = new RegExp(termPattern)
  let isMore = true
  while (isMore) {
    const found = filter.length > maxFilterLength || terms.length === maxTerms ? null : pattern.exec(filter)
    const [, path = '', , , written = '', and] = found ?? []
    const parsed = found ? parsePath(path) : undefined
    const value = literalOf(written)
    if (!parsed || value === undefined) throw scimError('scim_filter_refused', { filter: filter.slice(0, 200) })
    terms.push({ path: parsed, value })
    isMore = and !== undefined
  }
  return terms
}

/** `emails[type eq "work"].value` as `emails.value`, and the like: which attribute a filter compares. */
export const nameOfPath = ({ attribute, sub }: AttributePath): string => (sub === undefined ? attribute : `${attribute}.${sub}`)
