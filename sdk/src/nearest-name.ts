const maxCompared = 100

/** Without what people vary most: `orgId`, `org_id` and `Org-Id` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** How many letters must be added, removed, replaced, or exchanged with their neighbour, to make one of the other. */
function distance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      const isExchanged = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (isSame ? 0 : 1),
        isExchanged ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return last[right.length] as number
}

/** The known name that somebody who wrote `name` probably meant; undefined where none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name)
  if (wanted === '' || wanted.length > maxCompared) return undefined
  let nearest: { name: string; apart: number } | undefined
  for (const candidate of known) {
    const other = plain(candidate)
    const isPart = Math.min(wanted.length, other.length) >= 3 && (wanted.includes(other) || other.includes(wanted))
    const apart = wanted === other ? 0 : Math.min(distance(wanted, other), isPart ? 2 : Number.POSITIVE_INFINITY)
    const isNear = apart <= Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3)) || isPart
    if (isNear && (nearest === undefined || apart < nearest.apart)) nearest = { name: candidate, apart }
  }
  return nearest?.name
}

/** What is said of an unknown name, behind it. */
export function unknownNameMessage(kind: 'parameter' | 'field', name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return `is not a known ${kind}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
}
