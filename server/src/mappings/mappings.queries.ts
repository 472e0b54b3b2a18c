import { type Database, empty, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { MappingContent, MappingProblem } from './mapping.ts'

export type MappingRow = {
  id: string
  organization_id: string
  integration_name: string
  external_org_id: string
  external_org_name: string
  mapping_data: JsonObject
  is_active: boolean
  is_shared: boolean
  created_at: Date
  created_by: string
  updated_at: Date
  updated_by: string
  /** 1, and one more with each change of its content. */
  revision: number
  last_tested_at: Date | null
  last_test_success: boolean | null
  last_test_result: string | null
  last_test_details: JsonObject | null
  last_not_tested_at: Date | null
  last_not_tested_reason: string | null
  health_checked_at: Date | null
  needs_repair_since: Date | null
  health_problems: MappingProblem[] | null
}

export async function findMappingRow(db: Database, organizationId: string, id: string): Promise<MappingRow | undefined> {
  const rows = await readInScope<MappingRow>(
    db,
    { organizationId },
    sql`select * from organization_mappings where id = ${id} and organization_id = ${organizationId}`,
    'kept',
  )
  return rows[0]
}

/** The one that stands in the way of another active mapping of the same pair. */
export async function findActivePairRow(
  db: Database,
  organizationId: string,
  integrationName: string,
  externalOrgId: string,
): Promise<MappingRow | undefined> {
  const rows = await readInScope<MappingRow>(
    db,
    { organizationId },
    sql`
    select * from organization_mappings
    where organization_id = ${organizationId} and integration_name = ${integrationName} and external_org_id = ${externalOrgId} and is_active`,
  )
  return rows[0]
}

export type MappingFilter = {
  isActiveOnly: boolean
  integrationName: string | undefined
  /** Those of these alone. */
  integrationNames?: readonly string[] | undefined
  afterId: string | undefined
  limit: number
}

/** Oldest first, by id. */
export function listMappingRows(db: Database, organizationId: string, filter: MappingFilter): Promise<MappingRow[]> {
  return readInScope<MappingRow>(
    db,
    { organizationId },
    sql`
    select * from organization_mappings
    where organization_id = ${organizationId}
      ${filter.isActiveOnly ? sql`and is_active` : empty}
      ${filter.integrationName === undefined ? empty : sql`and integration_name = ${filter.integrationName}`}
      ${filter.integrationNames === undefined ? empty : sql`and integration_name = any(${filter.integrationNames}::text[])`}
      ${filter.afterId === undefined ? empty : sql`and id > ${filter.afterId}`}
    order by id
    limit ${filter.limit}`,
    'kept',
  )
}

/** Those of these that are active, of active organizations. */
export function listTestableMappingRows(transaction: Transaction, ids: readonly string[]): Promise<MappingRow[]> {
  return transaction.query<MappingRow>(sql`
    select m.* from organization_mappings m join organizations o on o.id = m.organization_id and o.is_active
    where m.id = any(${ids}::uuid[]) and m.is_active`)
}

export async function lockMappingRow(transaction: Transaction, organizationId: string, id: string): Promise<MappingRow | undefined> {
  const rows = await transaction.query<MappingRow>(sql`
    select * from organization_mappings where id = ${id} and organization_id = ${organizationId} for update`)
  return rows[0]
}

/** All active ones of an integration. Until the transaction ends, others that ask the same wait. */
export async function lockActiveMappingRows(
  transaction: Transaction,
  organizationId: string,
  integrationName: string,
): Promise<MappingRow[]> {
  // Rows alone cannot be locked against one that is not there yet.
  await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended(${`mappings ${organizationId} ${integrationName}`}, 0))`)
  return transaction.query<MappingRow>(sql`
    select * from organization_mappings
    where organization_id = ${organizationId} and integration_name = ${integrationName} and is_active
    order by id for update`)
}

export async function insertMappingRow(
  transaction: Transaction,
  given: MappingContent & { id: string; organizationId: string; integrationName: string; isShared: boolean; by: string },
): Promise<MappingRow> {
  const rows = await transaction.query<MappingRow>(sql`
    insert into organization_mappings
      (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, is_active, is_shared, created_by, updated_by)
    values (${given.id}, ${given.organizationId}, ${given.integrationName}, ${given.externalOrgId}, ${given.externalOrgName},
      ${JSON.stringify(given.mappingData)}, ${given.isActive}, ${given.isShared}, ${given.by}, ${given.by})
    returning *`)
  return rows[0] as MappingRow // an insert returns its row
}

export type NewMappingRow = {
  id: string
  organizationId: string
  externalOrgId: string
  externalOrgName: string
  mappingData: JsonObject
}

/**
 * Inserts what nothing is in the way of, waiting for other transactions where it must, and leaves out the rest: of two of these that
 * are in each other's way, the later one. They go in in the order of their external organizations, so that two of these calls do not wait for each other.
 */
export function insertMappingRows(
  transaction: Transaction,
  given: { integrationName: string; isShared: boolean; by: string; rows: readonly NewMappingRow[] },
): Promise<MappingRow[]> {
  const rows = given.rows.map((row, place) => ({ ...row, place }))
  return transaction.query<MappingRow>(sql`
    insert into organization_mappings
      (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, is_shared, created_by, updated_by)
    select id, "organizationId", ${given.integrationName}, "externalOrgId", "externalOrgName", "mappingData", ${given.isShared}, ${given.by}, ${given.by}
    from json_to_recordset(${JSON.stringify(rows)}::json) as new
      (id uuid, "organizationId" uuid, "externalOrgId" text collate "C", "externalOrgName" text, "mappingData" json, place integer)
    order by "externalOrgId", place
    on conflict do nothing
    returning *`)
}

/** The active mappings of these external organizations. */
export function listHolderRows(
  transaction: Transaction,
  integrationName: string,
  externalOrgIds: readonly string[],
): Promise<Pick<MappingRow, 'id' | 'organization_id' | 'external_org_id'>[]> {
  return transaction.query(sql`
    select id, organization_id, external_org_id from organization_mappings
    where integration_name = ${integrationName} and external_org_id = any(${externalOrgIds}::text[]) and is_active`)
}

export type HolderRow = Pick<MappingRow, 'id' | 'organization_id' | 'external_org_id'> & {
  organization_name: string
  is_organization_active: boolean
}

/** The same, with what their organizations are called. */
export function listNamedHolderRows(
  transaction: Transaction,
  integrationName: string,
  externalOrgIds: readonly string[],
): Promise<HolderRow[]> {
  return transaction.query(sql`
    select m.id, m.organization_id, m.external_org_id, o.name as organization_name, o.is_active as is_organization_active
    from organization_mappings m join organizations o on o.id = m.organization_id
    where m.integration_name = ${integrationName} and m.external_org_id = any(${externalOrgIds}::text[]) and m.is_active`)
}

/** @param isStillTested false where the last test says nothing about the new content */
export async function updateMappingRow(
  transaction: Transaction,
  before: MappingRow,
  given: MappingContent & { isShared: boolean; by: string; isStillTested: boolean },
): Promise<MappingRow> {
  const rows = await transaction.query<MappingRow>(sql`
    update organization_mappings
    set external_org_id = ${given.externalOrgId}, external_org_name = ${given.externalOrgName}, mapping_data = ${JSON.stringify(given.mappingData)},
      is_active = ${given.isActive}, is_shared = ${given.isShared}, updated_at = now(), updated_by = ${given.by}, revision = revision + 1
      ${
        given.isStillTested
          ? empty
          : sql`, last_tested_at = null, last_test_success = null, last_test_result = null, last_test_details = null,
        last_not_tested_at = null, last_not_tested_reason = null,
        health_checked_at = null, needs_repair_since = null, health_problems = null`
      }
    where id = ${before.id} and organization_id = ${before.organization_id}
    returning *`)
  return rows[0] as MappingRow // the row is locked by this transaction
}

type Tested = { id: string; organizationId: string; externalOrgId: string; mappingData: JsonObject }

const isStill = (tested: Tested) => sql`
  id = ${tested.id} and organization_id = ${tested.organizationId}
    and external_org_id = ${tested.externalOrgId} and mapping_data::jsonb = ${JSON.stringify(tested.mappingData)}::jsonb`

/** Keeps why a test was not made, beside the result of the last one that was, if the mapping is still the one that was to be tested. */
export async function updateNotTested(transaction: Transaction, tested: Tested, reason: string): Promise<void> {
  await transaction.query(
    sql`update organization_mappings set last_not_tested_at = now(), last_not_tested_reason = ${reason} where ${isStill(tested)}`,
  )
}

/** Keeps a test's result, if the mapping is still the one that was tested. */
export async function updateTestResult(
  transaction: Transaction,
  tested: Tested,
  result: { success: boolean; message: string; details: JsonObject },
): Promise<
  | (Pick<MappingRow, 'integration_name' | 'external_org_id' | 'external_org_name'> & {
      before_success: boolean | null
      before_result: string | null
    })
  | undefined
> {
  const rows = await transaction.query<NonNullable<Awaited<ReturnType<typeof updateTestResult>>>>(sql`
    with before as (
      select id, last_test_success, last_test_result from organization_mappings
      where ${isStill(tested)} for update
    )
    update organization_mappings as mapping
    set last_tested_at = now(), last_test_success = ${result.success}, last_test_result = ${result.message}, last_test_details = ${JSON.stringify(result.details)},
      last_not_tested_at = null, last_not_tested_reason = null
    from before where mapping.id = before.id
    returning mapping.integration_name, mapping.external_org_id, mapping.external_org_name, before.last_test_success as before_success, before.last_test_result as before_result`)
  return rows[0]
}

/** Replaces what is known of the health of an active mapping. @returns false where there is none of that id */
export async function updateHealth(
  transaction: Transaction,
  organizationId: string,
  mappingId: string,
  problems: readonly MappingProblem[],
): Promise<boolean> {
  const rows = await transaction.query(sql`
    update organization_mappings
    set health_checked_at = now(), health_problems = ${JSON.stringify(problems)},
      needs_repair_since = ${problems.length === 0 ? sql`null` : sql`coalesce(needs_repair_since, now())`}
    where id = ${mappingId} and organization_id = ${organizationId} and is_active
    returning id`)
  return rows.length > 0
}
