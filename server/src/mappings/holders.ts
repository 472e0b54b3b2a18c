import { type Database, inScope, type Scope, type Transaction } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import type { Mapping } from './mapping.ts'
import { mappingError } from './mapping-rules.ts'
import { type HolderRow, listNamedHolderRows } from './mappings.queries.ts'

function namedAs({ id, organization_id, organization_name, is_organization_active }: HolderRow, { details }: DomainError): DomainError {
  const holder = `The organization '${organization_name}' is already mapped to this external organization`
  const remedy = is_organization_active
    ? `${holder}. Choose another, or deactivate that mapping first.`
    : `${holder}, and is deactivated. Deactivate that mapping first, or activate the organization and use it.`
  const more = { org_id: organization_id, org_name: organization_name, mapping_id: id, organization_is_active: is_organization_active }
  return mappingError('external_org_taken', { ...details, ...more }, remedy)
}

/**
 * The same errors. Those that say `external_org_taken` name who holds it where that is within reach; the others say no more than before.
 *
 * @param transaction sees what the one who is told may see
 * @param own mappings that this transaction made: nothing can be done about those
 */
export async function nameHolders(
  transaction: Transaction,
  errors: readonly DomainError[],
  own: readonly Pick<Mapping, 'id'>[] = [],
): Promise<DomainError[]> {
  const taken = errors.filter((error) => mappingError.is(error, 'external_org_taken'))
  const integrationName = taken[0]?.details.integration_name
  if (typeof integrationName !== 'string') return [...errors]
  const ids = taken.map(({ details }) => String(details.external_org_id))
  const rows = await listNamedHolderRows(transaction, integrationName, ids)
  const isOwn = new Set(own.map(({ id }) => id))
  const known = rows.filter((row) => !isOwn.has(row.id))
  const seen = new Map(known.map((row) => [row.external_org_id, row]))
  return errors.map((error) => {
    const holder = mappingError.is(error, 'external_org_taken') ? seen.get(String(error.details.external_org_id)) : undefined
    return holder ? namedAs(holder, error) : error
  })
}

/** Runs a write for somebody. What it throws names who holds an external organization, as far as they may know. */
export async function withNamedHolder<T>(db: Database, scope: Scope, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!mappingError.is(error, 'external_org_taken')) throw error
    const [named = error] = await inScope(db, scope, (transaction) => nameHolders(transaction, [error]))
    throw named
  }
}
