// PostgreSQL holds every character but the one with the number zero, and no half of a surrogate pair.
const replacement = '\ufffd'
/** In JSON text: what stands for such a character, or any other escape, so that an escaped backslash is not taken for the beginning of one. */
const escapes = /\\(?:u(0000|d[89a-f][0-9a-f]{2})|[\s\S])/gi

/** The text with a replacement for what PostgreSQL cannot hold. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', replacement).toWellFormed()
}

/** The same for JSON text as `JSON.stringify` makes it, keys included. */
export function storableJson(text: string): string {
  return text.replace(escapes, (whole, unstorable: string | undefined) => (unstorable === undefined ? whole : '\\ufffd'))
}
