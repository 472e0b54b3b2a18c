/** An answer of the database that is late comes within this time; after it, it was lost. */
const lostAfterMs = 10_000

/** Tells what is lost from what is only on its way: it is seen again and again for a while. */
export function findLostClaims(): {
  /** Of what is seen now, what has been seen for that time without a break. */ lasting(ids: readonly string[], nowMs: number): string[]
} {
  let seenSince = new Map<string, number>()
  return {
    lasting(ids, nowMs) {
      seenSince = new Map(ids.map((id) => [id, seenSince.get(id) ?? nowMs]))
      return [...seenSince].filter(([, since]) => nowMs - since >= lostAfterMs).map(([id]) => id)
    },
  }
}
