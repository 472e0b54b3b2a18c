import { notJsonProblem, toPlainJson } from './plain-json.ts'

const maxDepth = 64
// PostgreSQL's text has no NUL, and its JSON no half of a surrogate pair.
const unstorableText = /[\u0000\p{Cs}]/u

/**
 * Why a value that came as JSON cannot be kept: it is too large, too deep, or has text that the database has not. One rule for the platform
 * and for the test kit.
 *
 * @param maxBytes of its JSON in UTF-8
 * @returns undefined if it can
 */
export function storageProblem(value: unknown, maxBytes: number): string | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return `must not be nested more than ${maxDepth} deep`
    const inner: unknown[] = []
    for (const item of level) {
      if (typeof item === 'string' && unstorableText.test(item)) return 'must not contain NUL characters or broken Unicode'
      if (typeof item === 'number' && !Number.isFinite(item)) return 'must not contain numbers that are too large'
      if (item === null || typeof item !== 'object') continue
      if (Array.isArray(item)) for (const entry of item) inner.push(entry)
      else for (const [key, entry] of Object.entries(item)) inner.push(key, entry)
    }
    level = inner
  }
  const made = toPlainJson(value)
  if ('problem' in made) return notJsonProblem(made.problem)
  return Buffer.byteLength(JSON.stringify(made.json)) > maxBytes ? `must be at most ${maxBytes} bytes as JSON` : undefined
}
