import type { Database } from '../platform/database/database.ts'
import { platformError } from '../platform/errors.ts'
import { type FieldCondition, fieldCondition } from './organization-fields.ts'

export const fieldPrefix = 'field.'
const maxConditions = 20

/**
 * The custom fields that a query asks for, as `field.<name>=<value>`.
 *
 * @param query also what the route itself knows, whose names have no dot
 * @throws validation_failed
 */
export async function fieldConditionsIn(db: Database, query: Readonly<Record<string, unknown>>): Promise<FieldCondition[]> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[0].startsWith(fieldPrefix))
  if (given.length > maxConditions)
    throw platformError(
      'validation_failed',
      { 'field.*': [`must be at most ${maxConditions}`] },
      `A list takes at most ${maxConditions} custom fields.`,
    )
  return Promise.all(given.map(([where, text]) => fieldCondition(db, where, { name: where.slice(fieldPrefix.length), text })))
}
