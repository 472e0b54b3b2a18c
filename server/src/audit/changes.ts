import { canonicalJson, type JsonValue } from '../protocol/json.ts'

/** What changed of a thing, field by field, by the fields' names on the wire. What was not there yet, or is not there any more, is null. */
export type ChangesOf<Fields> = { [Field in keyof Fields]?: { before: Fields[Field] | null; after: Fields[Field] | null } }

/** The same of any thing, as rows hold it. */
export type Changes = Record<string, { before: unknown; after: unknown }>

/**
 * The fields of `after` that differ from `before`, compared by their JSON.
 *
 * @param before empty for something new
 */
export function changesBetween<Fields extends object>(before: Partial<Fields>, after: Fields): ChangesOf<Fields> {
  const changes: ChangesOf<Fields> = {}
  for (const field of Object.keys(after) as (keyof Fields)[]) {
    const [previous, next] = [before[field] ?? null, after[field] ?? null]
    if (JSON.stringify(previous) !== JSON.stringify(next)) changes[field] = { before: previous, after: next }
  }
  return changes
}

/** The changes that take these back. */
export function inverted<Fields>(changes: ChangesOf<Fields>): ChangesOf<Fields> {
  const back: ChangesOf<Fields> = {}
  for (const field of Object.keys(changes) as (keyof Fields)[]) {
    const change = changes[field]
    if (change) back[field] = { before: change.after, after: change.before }
  }
  return back
}

/**
 * The fields of a thing after these changes.
 *
 * @returns undefined where a field is not what the changes say it was before: something else has changed it since
 */
export function applied<Fields extends object>(fields: Fields, changes: ChangesOf<Fields>): Fields | undefined {
  const after = { ...fields } as Record<string, unknown>
  for (const [field, { before, after: next }] of Object.entries(changes as Changes)) {
    if (canonicalJson((after[field] ?? null) as JsonValue) !== canonicalJson(before as JsonValue)) return undefined // fields are JSON
    after[field] = next
  }
  return after as Fields // the changes are of these fields
}
