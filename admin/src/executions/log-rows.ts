/** How many rows a text takes where a row has so many characters: rows end between words, and in a word only where it is longer than a row. */
export function rowsOf(text: string, columns: number): number {
  if (text.length <= columns) return 1
  let rows = 1
  let taken = 0
  for (const [part] of text.matchAll(/ +|[^ ]+/g)) {
    // Spaces at the end of a row take no room.
    if (part.startsWith(' ')) {
      taken += part.length
      continue
    }
    if (taken > 0 && taken + part.length > columns) {
      rows += 1
      taken = 0
    }
    const more = Math.ceil(part.length / columns) - 1
    rows += more
    taken += part.length - more * columns
  }
  return rows
}
