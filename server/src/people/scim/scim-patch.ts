import { z } from 'zod'
import { type AttributePath, parsePath } from './scim-path.ts'
import { scimError } from './scim-problem.ts'

export type Attributes = Record<string, unknown>

/** A change of RFC 7644 (3.5.2). Entra ID writes the verbs in capitals. */
export const patchBody = z.looseObject({
  schemas: z.array(z.string()).optional(),
  Operations: z
    .array(z.looseObject({ op: z.string(), path: z.string().nullish(), value: z.unknown().optional() }))
    .min(1)
    .max(1_000),
})

/** One thing that a change does. */
export type Step = { op: 'add' | 'replace' | 'remove'; path: AttributePath; value: unknown }

export const isAttributes = (value: unknown): value is Attributes => value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * What a change does, one attribute after another; without what other schemas have. Without a path the value has the attributes, whose names
 * may be paths themselves.
 *
 * @throws scim_path_refused, scim_value_refused
 */
export function stepsOf(body: z.output<typeof patchBody>): Step[] {
  return body.Operations.flatMap(({ op: written, path: at, value }) => {
    const op = written.toLowerCase()
    if (op !== 'add' && op !== 'replace' && op !== 'remove')
      throw scimError('scim_value_refused', { op: written.slice(0, 50) }, 'An operation is add, replace or remove.')
    const entries: [string, unknown][] | undefined = at ? [[at, value]] : isAttributes(value) ? Object.entries(value) : undefined
    if (!entries || (!at && op === 'remove'))
      throw scimError('scim_path_refused', {}, 'An operation without a path needs an object of attributes as its value, and removes none.')
    return entries.flatMap(([name, each]) => {
      const path = parsePath(name)
      return path ? [{ op, path, value: each }] : []
    })
  })
}

const isSame = (left: unknown, right: string) => String(left).toLowerCase() === right.toLowerCase()

function changedValues(values: Attributes[], { op, path, value }: Step): Attributes[] {
  const { where, sub } = path
  if (!where && sub === undefined) {
    if (op === 'remove') return []
    const given = [value].flat().filter(isAttributes)
    return op === 'replace' ? given : [...values.filter((one) => !given.some(({ type }) => type === one.type)), ...given]
  }
  const isMeant = (one: Attributes) => !where || isSame(one[where.attribute], where.value)
  if (op === 'remove' && sub === undefined) return values.filter((one) => !isMeant(one))
  const more = sub === undefined ? (isAttributes(value) ? value : {}) : { [sub]: op === 'remove' ? undefined : value }
  if (op !== 'remove' && !values.some(isMeant)) return [...values, { ...(where ? { [where.attribute]: where.value } : {}), ...more }]
  return values.map((one) => (isMeant(one) ? { ...one, ...more } : one))
}

/**
 * Applies changes to the attributes of a user. An attribute that is not kept here is passed over, as the providers expect.
 *
 * @param names the attributes that are kept, and the parts of the one that has parts, as they are spelled
 */
export function patched(before: Attributes, steps: readonly Step[], names: readonly string[], parts: readonly string[]): Attributes {
  const spelled = new Map([...names, ...parts].map((name) => [name.toLowerCase(), name]))
  const after: Attributes = structuredClone(before)
  for (const step of steps) {
    const name = spelled.get(step.path.attribute)
    if (name === undefined || !names.includes(name)) continue
    const held = after[name]
    if (Array.isArray(held)) after[name] = changedValues(held, step)
    else if (isAttributes(held)) {
      const part = step.path.sub === undefined ? undefined : spelled.get(step.path.sub)
      if (step.path.sub === undefined)
        after[name] = step.op === 'remove' ? {} : { ...held, ...(isAttributes(step.value) ? step.value : {}) }
      else if (part !== undefined) after[name] = { ...held, [part]: step.op === 'remove' ? undefined : step.value }
    } else after[name] = step.op === 'remove' ? undefined : step.value
  }
  return after
}
