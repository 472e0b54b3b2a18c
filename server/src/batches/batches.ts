import { asFor, hasLimits, isGranted, type Principal, scopeOf, withoutLimits } from '../access/principal.ts'
import { recordAudit } from '../audit/audit.ts'
import { getDefinition } from '../definitions/definitions.ts'
import { executionError } from '../engine/state/executions.ts'
import { fieldCondition } from '../organizations/organization-fields.ts'
import { organizationError } from '../organizations/organizations.ts'
import { type Database, inScope, type Scope, type Transaction } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { canonicalJson } from '../protocol/json.ts'
import { type Batch, type BatchOrder, type Counts, itemStatuses } from './batch.ts'
import {
  type BatchDraft,
  type BatchRow,
  type CountedRow,
  findBatchRow,
  findRival,
  findUnknownOrganizations,
  insertBatch,
  insertItems,
  listIdsWithin,
  listOrganizationIds,
  listSelectedRows,
} from './batches.queries.ts'
import { mappedIntegration, type Selection, selectedField } from './selection.ts'

export type { Batch, BatchOrder, BatchState, Counts, ItemStatus } from './batch.ts'

export const batchError = defineErrors({
  batch_not_found: { status: 404, message: 'There is no such batch.', hidesOthers: true },
  batch_finished: { status: 409, message: 'The batch has ended already.' },
  batch_cancelled: { status: 409, message: 'The batch was cancelled. Start a new one.' },
})

/**
 * Accepts a batch in the caller's transaction, for the organizations that are active now. The workers submit its executions, chunk
 * by chunk, as soon as that commits; from then on each will end, whatever dies.
 *
 * @param transaction in the scope of the order
 * @returns its id, and false for `isNew` where its due time has fired or its key was used already
 * @throws idempotency_key_reused - the key was used for another batch.
 */
export async function createBatch(transaction: Transaction, order: BatchOrder): Promise<{ id: string; isNew: boolean }> {
  const { selection, scope, acting, schedule } = order
  const draft: BatchDraft = {
    id: newId(),
    kind: order.kind,
    name: order.name,
    parameters: order.parameters,
    timeout_ms: order.timeoutMs,
    deadline_ms: order.deadlineMs ?? null,
    selection,
    reach: await reachOf(transaction, selection, scope),
    caller: acting.actor,
    schedule_name: schedule?.name ?? null,
    due_at: schedule?.dueAt ?? null,
    idempotency_key: order.idempotencyKey ?? null,
  }
  const batch = await insertBatch(transaction, draft)
  if (!batch) return { id: (await rivalOf(transaction, draft)).id, isNew: false }
  const total = await insertItems(transaction, batch, scope)
  await recordAudit(transaction, acting, {
    action: 'batch.created',
    organizationId: null,
    target: { ...targetOf(batch), total, organizations: selection, schedule: draft.schedule_name },
    changes: {},
  })
  transaction.tell('batch.expanding', batch.id)
  return { id: batch.id, isNew: true }
}

/** The organizations that could come into a batch: null where all could. What could is decided when it is made. */
async function reachOf(transaction: Transaction, selection: Selection, scope: Scope): Promise<string[] | null> {
  if (Array.isArray(selection)) return selection
  if (scope === 'allOrganizations') return null
  return 'organizationIds' in scope ? [...scope.organizationIds] : listOrganizationIds(transaction)
}

async function rivalOf(transaction: Transaction, draft: BatchDraft): Promise<BatchRow> {
  const rival = await findRival(transaction, draft)
  // What someone may act for can change between two attempts. What another may act for is a wish of its own.
  const isOfSame = rival?.caller.type === draft.caller.type && rival.caller.id === draft.caller.id
  const wish = ({ parameters, selection, reach }: BatchDraft | BatchRow) =>
    canonicalJson({ parameters, selection, reach: isOfSame ? null : reach })
  // Of a batch that someone else's key made, nothing is told.
  if (!rival || (draft.idempotency_key !== null && wish(rival) !== wish(draft))) throw executionError('idempotency_key_reused')
  return rival
}

/** A batch as events name it. It belongs to no single organization; its executions say for which each is. */
export function targetOf({ id, name }: Pick<BatchRow, 'id' | 'name'>) {
  return { type: 'batch' as const, id, name }
}

/** True where a batch of this name has the key already. */
export function isBatchKeyUsed(db: Database, scope: Scope, name: string, key: string): Promise<boolean> {
  const wanted = { name, idempotency_key: key, schedule_name: null, due_at: null }
  return inScope(db, scope, async (transaction) => (await findRival(transaction, wanted)) !== undefined)
}

/** The first active organizations that a batch of a selection is for, by name. */
export function listSelected(db: Database, scope: Scope, selection: Selection, limit: number): Promise<{ id: string; name: string }[]> {
  return listSelectedRows(db, scope, selection, limit)
}

/**
 * @param scope where it is not all, only batches for organizations within it are found
 * @throws batch_not_found
 */
export async function getBatch(db: Database, scope: Scope, id: string): Promise<Batch> {
  const row = await findBatchRow(db, scope, id)
  if (!row) throw batchError('batch_not_found')
  return batchOf(row)
}

/** A principal as they are for the workflow of a batch. Whether they reach it is for the scope that they have then. @throws batch_not_found */
export async function asForBatch(db: Database, principal: Principal, id: string): Promise<Principal> {
  if (!hasLimits(principal)) return principal
  const { kind, name } = await getBatch(db, scopeOf(withoutLimits(principal)), id)
  return kind === 'workflow' ? asFor(principal, { workflow: name }) : principal
}

/** Those of these batches that a principal may see and that are still kept. */
export async function findSeenBatches(db: Database, principal: Principal, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (!isGranted(principal, 'canRunWorkflows')) return new Set()
  return new Set(await listIdsWithin(db, scopeOf(principal, 'canRunWorkflows'), ids))
}

export function batchOf(row: CountedRow): Batch {
  const counts = Object.fromEntries(itemStatuses.map((status) => [status, row.counts[status] ?? 0])) as Counts // each status is named
  const isOpen = row.state === 'expanding' || counts.pending + counts.running + counts.waiting + counts.cancelling > 0
  const unfinished = row.is_paused ? 'paused' : row.state === 'expanding' ? 'expanding' : 'running'
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    parameters: row.parameters,
    selection: row.selection,
    status: row.state === 'cancelled' ? 'cancelled' : isOpen ? unfinished : 'finished',
    isPaused: row.is_paused,
    caller: row.caller,
    scheduleName: row.schedule_name,
    dueAt: row.due_at,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    counts,
    createdAt: row.created_at,
    completedAt: isOpen ? null : (row.completed_at ?? row.last_end ?? row.created_at),
  }
}

/**
 * Holds what a principal selected to what there is and to what it may act for.
 *
 * @throws integration_not_found
 * @throws validation_failed - it asks for a value of a custom field that there is not.
 * @throws organization_not_found - `details.org_ids` has the ones that there are not, or not for this principal.
 */
export async function requireSelection(db: Database, selection: Selection, principal: Principal): Promise<void> {
  const integration = mappedIntegration(selection)
  if (integration !== undefined) await getDefinition(db, 'integration', integration)
  const field = selectedField(selection)
  if (field) await fieldCondition(db, 'organizations', field)
  if (typeof selection === 'string') return
  const unknown = await findUnknownOrganizations(db, scopeOf(principal), selection)
  if (unknown.length > 0) throw organizationError('organization_not_found', { org_ids: unknown.slice(0, 100) })
}
