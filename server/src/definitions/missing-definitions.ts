import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import type { DefinitionKind, KnownProblem } from './definition-kinds.ts'
import { countLoaded, deleteMissing, listMissingRows, listProblemRows, lockPublication } from './definitions.queries.ts'
import { definitionError, definitionNotFound } from './definitions.ts'

/** Something that was published and does not load any more. */
export type MissingDefinition = {
  kind: DefinitionKind
  name: string
  file: string
  since: Date
  /** What is wrong with its file; null where that loads without it, or is not there, while other files do not load. */
  reason: string | null
}

/** How the workspace is doing: what loads, what does not, and since when. */
export type WorkspaceState = { loaded: number; problems: KnownProblem[]; missing: MissingDefinition[] }

export async function getWorkspaceState(db: Database): Promise<WorkspaceState> {
  const [loaded, problems, rows] = await Promise.all([countLoaded(db), listProblemRows(db, undefined), listMissingRows(db)])
  return { loaded, problems, missing: rows.map(({ missing_since, ...row }) => ({ ...row, since: missing_since })) }
}

/**
 * Confirms that a definition that does not load any more is gone. Its schedule goes with it; executions and mappings stay.
 *
 * @throws definition_loaded - it loads.
 * @throws integration_not_found, workflow_not_found, data_provider_not_found
 */
export async function removeMissing(db: Database, acting: Acting, kind: DefinitionKind, name: string): Promise<void> {
  const outcome = await inScope(db, 'allOrganizations', (transaction) => removeMissingWithin(transaction, acting, kind, name))
  if (outcome === 'unknown') throw await definitionNotFound(db, kind, name)
  if (outcome === 'loaded') throw definitionError('definition_loaded', { kind, name })
}

/** The same as part of what else a transaction does. Says whether it was there and missing. */
export async function removeMissingWithin(
  transaction: Transaction,
  acting: Acting,
  kind: DefinitionKind,
  name: string,
): ReturnType<typeof deleteMissing> {
  await lockPublication(transaction)
  const removed = await deleteMissing(transaction, kind, name)
  if (removed === 'removed') {
    const target = { type: kind, id: name }
    await recordAudit(transaction, acting, { action: 'definition.removed', organizationId: null, target, changes: {} })
    transaction.tell('definitions.changed', name)
  }
  return removed
}
