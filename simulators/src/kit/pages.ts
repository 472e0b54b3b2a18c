import type { VendorRequest } from '@crosswalk/sdk/testing'
import type { VendorFault } from './faults.ts'

/** A part of a list, as a vendor's own paging spells it out. */
export type Page<Item> = {
  items: readonly Item[]
  /** Of the whole list. */
  total: number
  /** Where the next page starts; null after the last. */
  next: number | null
}

/** Cuts a page out of a list; faults of lists that the request meets are in it. */
export function cutPage<Item>(
  faults: readonly VendorFault[],
  all: readonly Item[],
  { start, size }: { start: number; size: number },
): Page<Item> {
  const repeats = faults.some(({ kind }) => kind === 'page_repeats')
  const from = repeats ? Math.max(0, start - size) : start
  const end = from + size
  const change = start === 0 ? undefined : faults.find((fault) => fault.kind === 'total_changes')
  return {
    items: all.slice(from, end),
    total: Math.max(0, all.length + (change?.by ?? 0)),
    next: end < all.length ? end : null,
  }
}

/** Where the element after the one with this id stands: for paging by the last id. The list is in the order of ids. */
export function startAfter(all: readonly { id: number }[], id: number): number {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((all[middle]?.id ?? 0) <= id) low = middle + 1
    else high = middle
  }
  return low
}

/** A whole number of the query; undefined where it is missing or is none. */
export function wholeOf({ query }: VendorRequest, name: string): number | undefined {
  const text = query.get(name)
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}
