/** Under this, the process that loads a workspace keeps a list; other processes, such as a test's, have none. */
const madeKey: unique symbol = Symbol.for('crosswalk.made_definitions')

// The symbol is ours, so nothing else is under it.
const holder = globalThis as typeof globalThis & { [madeKey]?: unknown[] }

/** Puts a definition on the list of those that were made, whether or not its file exports it. */
export function noteMade(definition: unknown): void {
  holder[madeKey]?.push(definition)
}

/** Begins the list. What is made from then on, by any copy of this package, is on it. */
export function listMade(): readonly unknown[] {
  const made: unknown[] = []
  holder[madeKey] = made
  return made
}
