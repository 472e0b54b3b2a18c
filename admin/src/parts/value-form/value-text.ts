/** What a person typed, as a config value: text is kept as text; only what is clearly other JSON becomes that. */
export function valueOfText(text: string): unknown {
  if (!/^\s*([[{]|-?\d|true\s*$|false\s*$|null\s*$)/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A config value as a person reads and types it. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
