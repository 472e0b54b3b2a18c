import type { Compared, Entry, ExternalIndex } from './external-index.ts'
import { normalName } from './normal-name.ts'
import { isOfTenant } from './references.ts'
import { comparedName, isPartOf, similarity } from './trigrams.ts'

export const reasons = ['same_reference', 'same_tenant', 'same_domain', 'same_name', 'similar_name'] as const
/** Why an external organization is proposed. All but the last are sure enough to be chosen beforehand, and the first two are surer than any name. */
export type Reason = (typeof reasons)[number]
const surest: readonly Reason[] = ['same_reference', 'same_tenant']

/**
 * An external organization that is proposed for one of ours. `score` is from 0 to 1. `shared` is what the two have in common: a domain, or
 * a reference; null where it is the name.
 */
export type Candidate = { id: string; reason: Reason; score: number; shared: string | null }

export const maxCandidates = 5
const similarEnough = 0.55
/** What is sure scores this and more, what is only similar less. */
const sureScore = 0.9

/** Tells by its id whether an external organization may be proposed: nobody holds it. */
export type IsFree = (id: string) => boolean

/** Those that have a reference, a domain or the name in common with an organization. Each once, for the surest of these. */
export function sureCandidates(index: ExternalIndex, organization: Compared, isFree: IsFree): Candidate[] {
  const own = normalName(organization.name)
  const sameName = new Set(index.byName.get(own))
  const sharedDomains = sharedBy(index.byDomain, organization.domains)
  const sharedReferences = sharedBy(index.byReference, organization.references ?? [])
  const places = new Set([...sharedReferences.keys(), ...sharedDomains.keys(), ...sameName])
  return [...places].flatMap((place): Candidate[] => {
    const external = index.entries[place] as Entry // it came from the index
    const { id } = external
    if (!isFree(id)) return []
    const shared = sharedReferences.get(place)
    if (shared !== undefined) return [{ id, reason: isOfTenant(shared) ? 'same_tenant' : 'same_reference', score: 1, shared }]
    const domain = sharedDomains.get(place)
    if (domain === undefined) return [{ id, reason: 'same_name', score: sureScore, shared: null }]
    const likeness = sameName.has(place) ? 1 : similarity(comparedName(own, index.vocabulary), external, index.vocabulary)
    return [{ id, reason: 'same_domain', score: sureScore + (1 - sureScore) * likeness, shared: domain }]
  })
}

/** What is shared, by the place of who has it. Of several the one that sorts first, and an id in another system before a tenant. */
function sharedBy(map: ReadonlyMap<string, readonly number[]>, own: readonly string[]): Map<number, string> {
  const shared = new Map<number, string>()
  const sorted = [...own].sort((one, other) => Number(isOfTenant(one)) - Number(isOfTenant(other)) || (one < other ? -1 : 1))
  for (const each of sorted) for (const place of map.get(each) ?? []) if (!shared.has(place)) shared.set(place, each)
  return shared
}

/** Those whose name is not the same, but similar. */
export function similarCandidates(index: ExternalIndex, organization: Compared, isFree: IsFree): Candidate[] {
  const { entries, byTrigram, vocabulary } = index
  const own = normalName(organization.name)
  const name = comparedName(own, vocabulary)
  const sharedWeights = new Float64Array(entries.length)
  const met: number[] = []
  let soughtWeight = 0
  let commonWeight = 0
  for (const trigram of name.trigrams) {
    const places = byTrigram[trigram] ?? []
    const weight = vocabulary.weights[trigram] as number
    if (places.length > 0) soughtWeight += weight
    else commonWeight += weight
    for (const place of places) {
      if (sharedWeights[place] === 0) met.push(place)
      sharedWeights[place] = (sharedWeights[place] as number) + weight
    }
  }
  return met.flatMap((place): Candidate[] => {
    const external = entries[place] as Entry // it came from the index
    const shared = sharedWeights[place] as number
    // What they have in common at the most decides whether it is worth a closer look.
    const isNear = 2 * (shared + commonWeight) >= similarEnough * (name.weight + external.weight)
    const isAllOfOne = shared >= Math.min(soughtWeight, external.soughtWeight) - 1e-9
    if (!isNear && !(isAllOfOne && isPartOf(name, external))) return []
    if (external.normalName === own || !isFree(external.id)) return []
    const score = similarity(name, external, vocabulary)
    return score < similarEnough
      ? []
      : [{ id: external.id, reason: 'similar_name', score: Math.min(score, 0.99) * sureScore, shared: null }]
  })
}

/** The best first, and each external organization once, for its best reason. */
export function bestCandidates(candidates: readonly Candidate[]): Candidate[] {
  const best = new Map<string, Candidate>()
  for (const candidate of [...candidates].sort(byRank)) if (!best.has(candidate.id)) best.set(candidate.id, candidate)
  return [...best.values()].slice(0, maxCandidates)
}

function byRank(one: Candidate, other: Candidate): number {
  const byReason = reasons.indexOf(one.reason) - reasons.indexOf(other.reason)
  return other.score - one.score || byReason || (one.id < other.id ? -1 : 1)
}

/**
 * What may be chosen before a person has looked: where just one candidate of an organization is sure, and is no other organization's
 * sure candidate. Where references or tenants are shared, these alone count. Everything else is for a person to tell.
 *
 * @param sure the sure candidates of all organizations that wait for a mapping, by the id of the organization
 * @returns the id of an external organization by that of the organization
 */
export function preselections(sure: ReadonlyMap<string, readonly Candidate[]>): Map<string, string> {
  const claims = new Map<string, { surest: number; sure: number }>()
  for (const candidates of sure.values())
    for (const { id, reason } of candidates) {
      const claimed = claims.get(id) ?? { surest: 0, sure: 0 }
      claimed[surest.includes(reason) ? 'surest' : 'sure'] += 1
      claims.set(id, claimed)
    }
  const chosen = new Map<string, string>()
  for (const [organizationId, candidates] of sure) {
    const best = candidates.filter(({ reason }) => surest.includes(reason))
    const [only, ...others] = best.length > 0 ? best : candidates
    if (only === undefined || others.length > 0) continue
    const claimed = claims.get(only.id) ?? { surest: 0, sure: 0 }
    if (best.length > 0 ? claimed.surest === 1 : claimed.surest + claimed.sure === 1) chosen.set(organizationId, only.id)
  }
  return chosen
}
