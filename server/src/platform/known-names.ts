import { z } from 'zod'

/** A member that no schema knows: where it is, its name, and what its schema has in that place. */
export type UnknownName = { path: readonly string[]; name: string; known: readonly string[] }

const maxReported = 20

/** The schema under what only wraps it: optional, nullable, with a default, transformed afterwards. */
function unwrapped(schema: unknown): unknown {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  )
    return unwrapped(schema.def.innerType)
  if (schema instanceof z.ZodPipe) return unwrapped(schema.def.in)
  if (schema instanceof z.ZodLazy) return unwrapped(schema.def.getter())
  return schema
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The names of a schema of an object; undefined for other schemas. */
export function namesOf(schema: z.ZodType | undefined): readonly string[] | undefined {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodObject ? Object.keys(inner.def.shape) : undefined
}

/** False where the schema is of something else than the value: of a text, for instance, where that is an object. */
function isOfKind(given: unknown, value: unknown): boolean {
  const schema = unwrapped(given)
  if (schema instanceof z.ZodArray) return Array.isArray(value)
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return isRecord(value)
  return !isRecord(value) || schema instanceof z.ZodUnion || schema instanceof z.ZodUnknown || schema instanceof z.ZodAny
}

function collect(given: unknown, value: unknown, path: readonly string[], found: UnknownName[]): void {
  if (found.length >= maxReported) return
  const schema = unwrapped(given)
  if (schema instanceof z.ZodObject) {
    if (!isRecord(value)) return
    const shape: Record<string, unknown> = schema.def.shape
    const known = Object.keys(shape)
    // A schema that takes everything says so with a catch-all of its own.
    const isOpen = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever)
    for (const [name, inner] of Object.entries(value)) {
      if (Object.hasOwn(shape, name)) collect(shape[name], inner, [...path, name], found)
      else if (!isOpen && found.length < maxReported) found.push({ path, name, known })
    }
  } else if (schema instanceof z.ZodArray) {
    if (Array.isArray(value)) value.forEach((inner, place) => void collect(schema.def.element, inner, [...path, String(place)], found))
  } else if (schema instanceof z.ZodRecord) {
    if (isRecord(value)) for (const [name, inner] of Object.entries(value)) collect(schema.def.valueType, inner, [...path, name], found)
  } else if (schema instanceof z.ZodUnion) {
    // It may be any of those of its kind, so what the best of them does not know is unknown.
    const each = schema.def.options
      .filter((option) => isOfKind(option, value))
      .map((option) => {
        const own: UnknownName[] = []
        collect(option, value, path, own)
        return own
      })
    const [fewest = []] = each.sort((left, right) => left.length - right.length)
    found.push(...fewest)
  }
}

/**
 * The members of a value, at any depth, that its schema does not know. A schema that is open on purpose (`z.looseObject`, `z.record`) knows
 * them all. Twenty at most.
 */
export function unknownNames(schema: z.ZodType, value: unknown): UnknownName[] {
  const found: UnknownName[] = []
  collect(schema, value, [], found)
  return found
}
