/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
export type JsonObject = { [key: string]: JsonValue }

/**
 * JSON with the keys of every object in order, so that equal values have equal text.
 *
 * @param value plain JSON
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value))
}

/** The same value with the keys of every object in order; what is in order already is not made a second time. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  // What says itself how it is written is asked by its writer alone.
  if ('toJSON' in value && typeof value.toJSON === 'function') return inOrder(value.toJSON())
  if (Array.isArray(value)) return value.map(inOrder)
  const members = Object.entries(value)
  let isOrdered = true
  for (const [place, member] of members.entries()) {
    const [key, inner] = member
    const innerInOrder = inOrder(inner)
    isOrdered &&= innerInOrder === inner && (place === 0 || (members[place - 1] as [string, unknown])[0] < key)
    member[1] = innerInOrder
  }
  return isOrdered ? value : Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)))
}
