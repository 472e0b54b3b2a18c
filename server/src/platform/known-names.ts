import type { z } from 'zod'

/** A member that no schema knows: where it is, its name, and what its schema has in that place. */
export type UnknownName = { path: readonly string[]; name: string; known: readonly string[] }

const maxReported = 20

// By `type` and not by `instanceof`, which zod answers by a search in a set of names: a request asks it some hundred times.
type Schema = z.core.$ZodTypes

const underneath = new WeakMap<object, Schema>()

/** The schema under what only wraps it: optional, nullable, with a default, transformed afterwards. */
function unwrapped(given: z.core.$ZodType): Schema {
  const known = underneath.get(given)
  if (known) return known
  const schema = given as Schema // of which it is one
  const inner = innerOf(schema)
  const found = inner ? unwrapped(inner) : schema
  underneath.set(given, found)
  return found
}

function innerOf({ _zod: { def } }: Schema): z.core.$ZodType | undefined {
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return def.innerType
    case 'pipe':
      return def.in
    case 'lazy':
      return def.getter()
    default:
      return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

const namesOfShapes = new WeakMap<object, readonly string[]>()

function namesOfShape(shape: object): readonly string[] {
  const known = namesOfShapes.get(shape)
  if (known) return known
  const names = Object.keys(shape)
  namesOfShapes.set(shape, names)
  return names
}

/** The names of a schema of an object; undefined for other schemas. */
export function namesOf(schema: z.ZodType | undefined): readonly string[] | undefined {
  if (!schema) return undefined
  const { def } = unwrapped(schema)._zod
  return def.type === 'object' ? namesOfShape(def.shape) : undefined
}

/** False where the schema is of something else than the value: of a text, for instance, where that is an object. */
function isOfKind(given: z.core.$ZodType, value: unknown): boolean {
  const { type } = unwrapped(given)._zod.def
  if (type === 'array') return Array.isArray(value)
  if (type === 'object' || type === 'record') return isRecord(value)
  return !isRecord(value) || type === 'union' || type === 'unknown' || type === 'any'
}

function collect(given: z.core.$ZodType, value: unknown, path: readonly string[], found: UnknownName[]): void {
  if (found.length >= maxReported) return
  const { def } = unwrapped(given)._zod
  switch (def.type) {
    case 'object': {
      if (!isRecord(value)) return
      const shape = def.shape as Readonly<Record<string, z.core.$ZodType>>
      const known = namesOfShape(shape)
      // A schema that takes everything says so with a catch-all of its own.
      const isOpen = def.catchall !== undefined && unwrapped(def.catchall)._zod.def.type !== 'never'
      for (const name of Object.keys(value)) {
        const inner = Object.hasOwn(shape, name) ? shape[name] : undefined
        if (inner) collect(inner, value[name], [...path, name], found)
        else if (!isOpen && found.length < maxReported) found.push({ path, name, known })
      }
      return
    }
    case 'array':
      if (Array.isArray(value)) value.forEach((inner, place) => void collect(def.element, inner, [...path, String(place)], found))
      return
    case 'record':
      if (isRecord(value)) for (const [name, inner] of Object.entries(value)) collect(def.valueType, inner, [...path, name], found)
      return
    case 'union': {
      // It may be any of those of its kind, so what the best of them does not know is unknown.
      const each = def.options
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
