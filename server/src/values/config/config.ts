import { type Acting, findLastChange, recordAudit } from '../../audit/audit.ts'
import { getOrganization } from '../../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { defineErrors } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { etagOf, type Precondition, requireUnchanged } from '../../platform/preconditions.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { type ValueOwner, writingScope } from '../value-scope.ts'
import {
  type ConfigRow,
  deleteConfigRow,
  findConfigRow,
  findNearestConfig,
  listGlobalValues,
  lockConfigRow,
  upsertConfig,
} from './config.queries.ts'
import type { Config, ConfigDraft } from './config-draft.ts'

export type { Config, ConfigDraft } from './config-draft.ts'

export const configError = defineErrors({
  config_not_found: { status: 404, message: 'There is no such config value in this scope.' },
})

export function configOf(row: ConfigRow): Config {
  return { key: row.key, organizationId: row.organization_id, value: row.value, updatedAt: row.updated_at, updatedBy: row.updated_by }
}

/** Of what people edit: the value. */
export function etagOfConfig({ key, organizationId, value }: ConfigDraft): string {
  return etagOf({ key, organizationId, value })
}

async function requireExpected(
  transaction: Transaction,
  expected: Precondition,
  { key, organizationId }: Pick<Config, 'key' | 'organizationId'>,
  before: { value: JsonValue } | undefined,
): Promise<void> {
  const etag = before && etagOfConfig({ key, organizationId, value: before.value })
  await requireUnchanged(expected, etag, () => findLastChange(transaction, organizationId, { type: 'config', id: key }))
}

/** Just this owner's value, whatever else applies. @throws config_not_found */
export async function getConfig(db: Database, { key, organizationId }: Pick<Config, 'key' | 'organizationId'>): Promise<Config> {
  const row = await findConfigRow(db, key, organizationId)
  if (!row) throw configError('config_not_found', { key })
  return configOf(row)
}

/**
 * Sets a value, or replaces it.
 *
 * @throws organization_not_found, changed_meanwhile
 */
export async function setConfig(db: Database, acting: Acting, draft: ConfigDraft, expected?: Precondition): Promise<Config> {
  const { organizationId } = draft
  // Organizations are never deleted, so the one that is found here is still there below.
  if (organizationId !== null) await getOrganization(db, organizationId)
  return inScope(db, writingScope(organizationId), (transaction) => setConfigWithin(transaction, acting, draft, expected))
}

/** The same as part of what else a transaction does, for an organization that is there. */
export async function setConfigWithin(
  transaction: Transaction,
  acting: Acting,
  draft: ConfigDraft,
  expected?: Precondition,
): Promise<Config> {
  const { key, organizationId, value } = draft
  const before = await lockConfigRow(transaction, key, organizationId)
  await requireExpected(transaction, expected, draft, before)
  const row = await upsertConfig(transaction, newId(), draft, acting.actor.name)
  await recordAudit(transaction, acting, {
    action: 'config.set',
    organizationId,
    target: { type: 'config', id: key },
    changes: { value: { before: before?.value ?? null, after: value }, ...(before ? {} : { is_set: { before: false, after: true } }) },
  })
  return configOf(row)
}

/** @throws config_not_found, changed_meanwhile */
export async function deleteConfig(
  db: Database,
  acting: Acting,
  which: Pick<Config, 'key' | 'organizationId'>,
  expected?: Precondition,
): Promise<void> {
  await inScope(db, writingScope(which.organizationId), (transaction) => deleteConfigWithin(transaction, acting, which, expected))
}

/** The same as part of what else a transaction does. */
export async function deleteConfigWithin(
  transaction: Transaction,
  acting: Acting,
  { key, organizationId }: Pick<Config, 'key' | 'organizationId'>,
  expected?: Precondition,
): Promise<void> {
  const locked = await lockConfigRow(transaction, key, organizationId)
  if (locked) await requireExpected(transaction, expected, { key, organizationId }, locked)
  const before = await deleteConfigRow(transaction, key, organizationId)
  if (!before) throw configError('config_not_found', { key })
  await recordAudit(transaction, acting, {
    action: 'config.deleted',
    organizationId,
    target: { type: 'config', id: key },
    changes: { value: { before: before.value, after: null }, is_set: { before: true, after: false } },
  })
}

/** All values that are everybody's, as an organization's code may read them. */
export function listGlobalConfig(db: Database, organizationId: string | null): Promise<JsonValue[]> {
  return listGlobalValues(db, organizationId)
}

/**
 * The value that applies to an organization: its own, else the global one. With null, the global one.
 *
 * @returns undefined if there is neither; a value may be null
 */
export async function resolveConfig(db: Database, organizationId: string | null, key: string): Promise<{ value: JsonValue } | undefined> {
  const row = await findNearestConfig(db, organizationId, key)
  return row && { value: row.value }
}

/** The same, and whose it is. */
export async function resolveOwnedConfig(
  db: Database,
  organizationId: string | null,
  key: string,
): Promise<{ value: JsonValue; owner: ValueOwner } | undefined> {
  const row = await findNearestConfig(db, organizationId, key)
  return row && { value: row.value, owner: row.organization_id }
}
