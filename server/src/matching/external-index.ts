import { normalName } from './normal-name.ts'
import type { Reference } from './references.ts'
import { type ComparedName, comparedName, type Vocabulary, vocabularyOf, weightOfAll } from './trigrams.ts'

/** An organization, of ours or of the outside system, as far as it is compared. Domains are telling ones; see `tellingDomain`. */
export type Compared = {
  id: string
  name: string
  domains: readonly string[]
  references?: readonly Reference[] | undefined
}

/** An external organization, ready to be compared. */
export type Entry = Compared & ComparedName & { normalName: string /** Of the trigrams that are looked for. */; soughtWeight: number }

/**
 * The external organizations of a list, by what is looked for, so that an organization is compared with the few that are near it
 * and not with all. The maps lead to places in `entries`.
 */
export type ExternalIndex = {
  entries: readonly Entry[]
  byName: ReadonlyMap<string, readonly number[]>
  byDomain: ReadonlyMap<string, readonly number[]>
  byReference: ReadonlyMap<Reference, readonly number[]>
  /** By number; those that too many names have are looked for in none. */
  byTrigram: readonly (readonly number[])[]
  vocabulary: Vocabulary
}

/** A domain or a reference that more external organizations name is everybody's, such as the domain or the tenant of the MSP itself. */
const maxOfOne = 20
/** A trigram that more names have finds nobody: it is compared, but not looked for. */
const maxOfTrigram = (names: number) => Math.max(50, names / 20)

/** The order in which they come makes no difference. No id may come twice. */
export function indexExternal(externals: readonly Compared[]): ExternalIndex {
  const normalNames = externals.map(({ name }) => normalName(name))
  const vocabulary = vocabularyOf(normalNames)
  const isSought = (trigram: number) => (vocabulary.occurrences[trigram] as number) <= maxOfTrigram(externals.length)
  const byName = new Map<string, number[]>()
  const byDomain = new Map<string, number[]>()
  const byReference = new Map<Reference, number[]>()
  const byTrigram = Array.from(vocabulary.occurrences, (): number[] => [])
  const entries = externals.map((external, place): Entry => {
    const own = normalNames[place] as string // one for each
    const name = comparedName(own, vocabulary)
    const sought = name.trigrams.filter(isSought)
    add(byName, own, place)
    for (const domain of new Set(external.domains)) add(byDomain, domain, place)
    for (const reference of new Set(external.references)) add(byReference, reference, place)
    for (const trigram of sought) byTrigram[trigram]?.push(place)
    return { ...external, ...name, normalName: own, soughtWeight: weightOfAll(sought, vocabulary) }
  })
  for (const map of [byDomain, byReference]) for (const [shared, places] of map) if (places.length > maxOfOne) map.delete(shared)
  return { entries, byName, byDomain, byReference, byTrigram, vocabulary }
}

function add(map: Map<string, number[]>, key: string, place: number): void {
  const places = map.get(key)
  if (places) places.push(place)
  else map.set(key, [place])
}
