/** An option of a data provider, and which of those that were asked have it. */
export type Offer = { value: unknown; label: string; heldBy: readonly string[] }

/** What the organizations are offered together, by the option's value as JSON. */
export function offersOf(
  answers: readonly { organizationId: string; options: readonly { value: unknown; label: string }[] }[],
): Map<string, Offer> {
  const offers = new Map<string, Offer>()
  for (const { organizationId, options } of answers) {
    for (const { value, label } of options) {
      const key = JSON.stringify(value)
      const heldBy = offers.get(key)?.heldBy ?? []
      if (!heldBy.includes(organizationId)) offers.set(key, { value, label, heldBy: [...heldBy, organizationId] })
    }
  }
  return offers
}

type Item = { value: string; label: string; disabled?: boolean }
type Group = { group: string; items: Item[] }

/**
 * The list of a field that takes nothing else: what all of those asked have first, and then the rest, which says whose it is and cannot
 * be chosen.
 */
export function groupsOf(offers: ReadonlyMap<string, Offer>, asked: number, nameOf: (organizationId: string) => string): (Item | Group)[] {
  const items = [...offers].map(([value, { label, heldBy }]) => ({ value, label, heldBy }))
  const ofAll = items.filter(({ heldBy }) => heldBy.length === asked).map(({ value, label }) => ({ value, label }))
  const ofSome = items
    .filter(({ heldBy }) => heldBy.length < asked)
    .map(({ value, label, heldBy }) => ({ value, label: `${label} (only ${heldBy.map(nameOf).join(', ')})`, disabled: true }))
  if (ofSome.length === 0) return ofAll
  return [...(ofAll.length > 0 ? [{ group: 'For each of them', items: ofAll }] : []), { group: 'Not for each of them', items: ofSome }]
}
