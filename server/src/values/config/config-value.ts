import { z } from 'zod'
import type { JsonValue } from '../../protocol/json.ts'

const maxBytes = 32_768
const maxDepth = 50
// PostgreSQL holds neither in text.
const notStorable = /[\u0000\p{Cs}]/u

/** Why a parsed JSON value cannot be kept, or undefined. Without recursion, so that a body of nothing but brackets cannot exhaust the stack. */
function problemOf(value: unknown): string | undefined {
  const waiting: { inner: unknown; depth: number }[] = [{ inner: value, depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { inner, depth } = next
    if (depth > maxDepth) return `must not be nested deeper than ${maxDepth} levels`
    if (typeof inner === 'number' && !Number.isFinite(inner)) return 'has a number that is too large'
    if (typeof inner === 'string' && notStorable.test(inner)) return 'has text with a null character or half a character'
    if (typeof inner !== 'object' || inner === null) continue
    for (const [name, part] of Object.entries(inner)) {
      if (notStorable.test(name)) return 'has a name with a null character or half a character'
      waiting.push({ inner: part, depth: depth + 1 })
    }
  }
  return Buffer.byteLength(JSON.stringify(value)) > maxBytes ? `must be at most ${maxBytes} bytes as JSON` : undefined
}

/** Any JSON of at most 32 KiB, null included, that the database gives back as it was. */
export const configValue = z
  .unknown()
  .superRefine((value, context) => {
    const message = value === undefined ? 'is needed; it may be null' : problemOf(value)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .transform((value) => value as JsonValue) // what a JSON parser made, as just seen
