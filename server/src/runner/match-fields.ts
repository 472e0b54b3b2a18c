import type { JsonObject, JsonValue, MatchFields } from '@crosswalk/sdk'

const lists = ['domains', 'websites', 'phones', 'addresses', 'tenantIds', 'formerNames', 'sites'] as const

/** How each is kept. */
const keptNames: Record<keyof MatchFields, string> = {
  domains: 'domains',
  websites: 'websites',
  phones: 'phones',
  addresses: 'addresses',
  tenantIds: 'tenant_ids',
  otherIds: 'other_ids',
  legalName: 'legal_name',
  formerNames: 'former_names',
  sites: 'sites',
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** What is wrong with one field, in words that follow its name; undefined where nothing is. */
function problemOf(name: string, value: unknown): string | undefined {
  if (name === 'legalName') return isText(value) ? undefined : 'is not text'
  if (name !== 'otherIds') return Array.isArray(value) && value.every(isText) ? undefined : 'is not a list of texts'
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord && Object.values(value).every(isText) ? undefined : 'is not an object of texts'
}

/**
 * The match fields of an external organization as they are kept with its metadata; what is empty is left out. Else what is wrong with them, in
 * words that follow "whose".
 */
export function keptMatch(match: unknown): { kept: JsonObject } | { problem: string } {
  if (match === undefined || match === null) return { kept: {} }
  if (typeof match !== 'object' || Array.isArray(match)) return { problem: 'match is not an object' }
  const kept: JsonObject = {}
  for (const [name, value] of Object.entries(match)) {
    if (value === undefined || value === null) continue
    if (!Object.hasOwn(keptNames, name)) {
      const known = Object.keys(keptNames).join(', ')
      return { problem: `match has '${name.slice(0, 60)}'; there are ${known}` }
    }
    const problem = problemOf(name, value)
    if (problem !== undefined) return { problem: `match.${name} ${problem}` }
    const isEmpty = lists.some((list) => list === name) ? (value as unknown[]).length === 0 : Object.keys(Object(value)).length === 0
    if (!isEmpty) kept[keptNames[name as keyof MatchFields]] = value as JsonValue // it was just seen to be texts
  }
  return { kept }
}
