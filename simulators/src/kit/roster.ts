/** The customers of one vendor, while it runs. */
export type Roster<Item extends { id: string | number; name: string }> = {
  /** In the order of their ids: as numbers where they are, else as text. */
  list(): readonly Item[]
  find(id: string | number): Item | undefined
  /** Adds, or replaces the one with the same id. */
  put(item: Item): void
  /** False when there is none with that id. */
  rename(id: string | number, name: string): boolean
  remove(id: string | number): boolean
  /** The first is no more, and what it had belongs to the second. False unless both are there. */
  merge(id: string | number, into: string | number): boolean
  /** The id of the one that this one was merged into, however often. */
  heirOf(id: string | number): string
}

export function createRoster<Item extends { id: string | number; name: string }>(items: readonly Item[]): Roster<Item> {
  const byId = new Map(items.map((item) => [String(item.id), item]))
  const heirs = new Map<string, string>()
  // Sorted once per change and not once per page of a listing.
  let sorted: Item[] | undefined
  const changed = () => {
    sorted = undefined
    return true
  }
  const roster: Roster<Item> = {
    list() {
      sorted ??= [...byId.values()].sort((a, b) => inOrder(a.id, b.id))
      return sorted
    },
    find: (id) => byId.get(String(id)),
    put(item) {
      byId.set(String(item.id), item)
      changed()
    },
    rename(id, name) {
      const item = byId.get(String(id))
      if (!item) return false
      byId.set(String(id), { ...item, name })
      return changed()
    },
    remove: (id) => byId.delete(String(id)) && changed(),
    merge(id, into) {
      if (String(id) === String(into) || !byId.has(String(into)) || !byId.delete(String(id))) return false
      heirs.set(String(id), String(into))
      return changed()
    },
    heirOf(id) {
      let current = String(id)
      for (let heir = heirs.get(current); heir !== undefined; heir = heirs.get(current)) current = heir
      return current
    },
  }
  return roster
}

function inOrder(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1
}
