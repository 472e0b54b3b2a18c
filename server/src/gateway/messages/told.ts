import type { JsonObject } from '../../protocol/json.ts'
import type { NetworkFailure } from '../../protocol/network.ts'
import { EgressRefusal } from './refusals.ts'

const systemFields = ['errno', 'syscall', 'address', 'port', 'hostname', 'reason', 'host'] as const
const maxMessageChars = 1_000

/** An error as the runner is told it: Node's own codes, by which libraries know what to do. */
export function failureOf(thrown: unknown): NetworkFailure {
  if (thrown instanceof EgressRefusal) return { name: thrown.name, message: thrown.message, code: thrown.code, details: thrown.details }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  // Several addresses were tried: the first says as much as all.
  const telling = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
  const fields = telling as unknown as Record<string, unknown> // what the system's errors have beside Error's own
  const system: JsonObject = {}
  for (const field of systemFields) {
    const value = fields[field]
    if (typeof value === 'string' || typeof value === 'number') system[field] = value
  }
  return {
    name: telling.name,
    message: (error.message || telling.message).slice(0, maxMessageChars),
    code: typeof fields.code === 'string' ? fields.code : null,
    system,
  }
}
