import { z } from 'zod'
import { definitionInvalid } from './definition-checks.ts'

/** The first zod whose copies share one registry of what `meta` says. */
const sharesRegistry = ({ major = 0, minor = 0 }: { major?: number; minor?: number }) => major > 4 || (major === 4 && minor >= 2)

/**
 * What `meta` and `describe` said of a schema. A workspace may have a zod of its own, and then that is kept in there: the schema itself
 * asks its own zod.
 */
function metadataOf(schema: z.core.$ZodType): z.core.GlobalMeta | undefined {
  if ('meta' in schema && typeof schema.meta === 'function') return schema.meta() as z.core.GlobalMeta | undefined // zod's own answer
  // The schemas of zod/mini cannot be asked.
  if (sharesRegistry(schema._zod.version)) return z.globalRegistry.get(schema)
  const { major, minor, patch } = schema._zod.version
  throw definitionInvalid(
    `it is made with zod/mini ${major}.${minor}.${patch}, whose labels cannot be read from outside. Import z from 'zod', or install zod 4.2 or newer`,
  )
}

const metadata = Object.assign(z.registry<z.core.GlobalMeta>(), { get: metadataOf })

/** The JSON Schema of what a form takes, with what `meta` says. @throws Error where JSON has no such values, for instance dates. */
export function formSchemaOf(schema: z.ZodType): { [key: string]: unknown } {
  // As text and back: what was made may still have more than JSON in it, such as a default.
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', metadata })))
}
