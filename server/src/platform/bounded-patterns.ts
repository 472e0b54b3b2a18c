import { createContext, Script } from 'node:vm'

/** More than honest patterns need for a whole value. The process answers nobody meanwhile. */
const maxCheckMs = 200

// What runs there can be ended from outside, in the middle of a match. No code of the pattern's author is in it.
const place = createContext(Object.assign(Object.create(null), { pattern: /x/, text: '' }), {
  codeGeneration: { strings: false, wasm: false },
})
const matching = new Script('pattern.test(text)')

/** It comes from over there, where errors are of another kind. */
const isTimeout = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/**
 * Patterns of schemas that authors wrote, of which some take years for a text of forty letters: what they take together for one value
 * is bounded, and what was not matched by then does not match.
 */
export function boundedPatterns() {
  let leftMs = maxCheckMs
  const tooSlow = new Set<string>()
  const regExp = (source: string, flags: string) => {
    const pattern = new RegExp(source, flags)
    return {
      // By this ajv tells patterns apart.
      toString: () => String(pattern),
      test(text: string): boolean {
        if (leftMs < 1) {
          tooSlow.add(source)
          return false
        }
        const startedAt = performance.now()
        try {
          Object.assign(place, { pattern, text })
          return matching.runInContext(place, { timeout: Math.ceil(leftMs) })
        } catch (error) {
          if (!isTimeout(error)) throw error
          tooSlow.add(source)
          return false
        } finally {
          leftMs -= performance.now() - startedAt
        }
      },
    }
  }
  return {
    /** As ajv wants it; it writes no code to files, so what it would name there is nothing. */
    regExp: Object.assign(regExp, { code: '' }),
    /** To be called before each value. */
    begin(): void {
      leftMs = maxCheckMs
      tooSlow.clear()
    },
    /** True where the pattern did not come to an end for this value. */
    isTooSlow: (source: string): boolean => tooSlow.has(source),
  }
}
