const plainPrototypes = new Set<unknown>([Object.prototype, null])

/**
 * True if a value can be recorded and read back as it was: JSON, `undefined`, dates, big integers, maps and sets of such.
 * Instances of other classes, functions, symbols, promises and cycles cannot.
 */
export function isPlainData(value: unknown, seen = new Set<object>()): boolean {
  if (value === null || typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
  if (seen.has(value)) return false
  if (value instanceof Date) return true
  seen.add(value)
  try {
    if (Array.isArray(value)) return value.every((item) => isPlainData(item, seen))
    if (value instanceof Map) return [...value].every(([key, item]) => isPlainData(key, seen) && isPlainData(item, seen))
    if (value instanceof Set) return [...value].every((item) => isPlainData(item, seen))
    if (!plainPrototypes.has(Object.getPrototypeOf(value))) return false
    return Object.values(value).every((item) => isPlainData(item, seen))
  } finally {
    // Left again: the same object may stand in two places, only not within itself.
    seen.delete(value)
  }
}

/** A short mark of a call's arguments, by which a resumed execution finds the record of the same call. Empty where they are not plain data. */
export function fingerprintOf(args: unknown, digest: (text: string) => string): string {
  if (!isPlainData(args)) return ''
  const text = JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
  )
  return digest(text ?? '')
}
