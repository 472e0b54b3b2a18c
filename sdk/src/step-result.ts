import { builtin } from './builtins.ts'
import { CrosswalkError } from './errors.ts'

/** A step's value is recorded whole, and read whole by the worker that continues the execution. */
const maxRecordBytes = 16 * 1024 * 1024

const plainPrototypes = new Set<unknown>([Object.prototype, null])
/** What is nested deeper is not recorded. */
const maxDepth = 200

/**
 * True if a value can be recorded and read back as it was: JSON, `undefined`, dates, big integers, maps and sets of such.
 * Instances of other classes, functions, symbols, promises, cycles, and what is nested more than 200 deep cannot.
 */
export function isPlainData(value: unknown): boolean {
  try {
    return isPlain(value, new Set())
  } catch {
    // Such as a getter that throws.
    return false
  }
}

function isPlain(value: unknown, seen: Set<object>): boolean {
  if (value === null || typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
  if (seen.has(value) || seen.size >= maxDepth) return false
  if (value instanceof Date) return true
  seen.add(value)
  try {
    if (Array.isArray(value)) return value.every((item) => isPlain(item, seen))
    if (value instanceof Map) return [...value].every(([key, item]) => isPlain(key, seen) && isPlain(item, seen))
    if (value instanceof Set) return [...value].every((item) => isPlain(item, seen))
    if (!plainPrototypes.has(Object.getPrototypeOf(value))) return false
    return Object.values(value).every((item) => isPlain(item, seen))
  } finally {
    // Left again: the same object may stand in two places, only not within itself.
    seen.delete(value)
  }
}

/**
 * Whether what a step returned is recorded. What is not plain data is handed to the code and not kept.
 *
 * @throws step_result_too_large - it is plain data, and more than a record holds.
 */
export function isRecorded(stepName: string, value: unknown): boolean {
  const bytes = recordedBytes(value)
  if (bytes === undefined) return false
  if (bytes <= maxRecordBytes) return true
  throw stepResultTooLarge(stepName)
}

/** The failure of a step that returned more than is recorded. */
export function stepResultTooLarge(stepName: string): CrosswalkError {
  return new CrosswalkError(
    'step_result_too_large',
    `The step '${stepName}' returned more than ${maxRecordBytes / 1024 / 1024} MiB, which is not recorded. What it did is done. Return a summary, or work page by page with a step for each.`,
  )
}

/** What need not be measured, by what takes its time to load. */
function isSmall(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    ['number', 'boolean'].includes(typeof value) ||
    (typeof value === 'string' && value.length < 100_000)
  )
}

/** What a value takes when it is recorded, nearly nothing as 0; undefined where it cannot be. */
function recordedBytes(value: unknown): number | undefined {
  if (!isPlainData(value)) return undefined
  if (isSmall(value)) return 0
  try {
    return builtin('node:v8').serialize(value).byteLength
  } catch {
    // Such as a proxy, or a list with methods of its own.
    return undefined
  }
}
