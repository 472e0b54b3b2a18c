import { type Database, empty, inScope, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { hasText } from '../platform/database/like.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { JsonObject } from '../protocol/json.ts'
import { isOwnedBy, type ValueOwner, writingScope } from '../values/value-scope.ts'

/** One entry of a vendor's list, ready to be stored. */
type SeenOrganization = {
  id: string
  name: string
  /** An object as JSON text. */
  metadata: string
  /** In the vendor's order. */
  position: number
}

/** The same as {@link upsertSeenOrganizations} takes it. */
export function writtenOrganization({ id, name, metadata, position }: SeenOrganization): string {
  return `{"id":${JSON.stringify(id)},"name":${JSON.stringify(name)},"metadata":${metadata},"position":${position}}`
}

const maxPreviousNames = 20

/**
 * Stores a page that the run of an execution saw, in one statement. Names that changed are kept with the time of the change.
 * Safe to repeat.
 *
 * @param page entries as {@link writtenOrganization} gives them, none of an id that another has
 * @returns false if the execution has no open run
 */
export async function upsertSeenOrganizations(
  db: Database,
  owner: ValueOwner,
  executionId: string,
  page: readonly string[],
): Promise<boolean> {
  const list = `[${page.join(',')}]`
  const rows = await inScope(db, writingScope(owner), (transaction) =>
    transaction.query<{ has_run: boolean }>(sql`
    with run as (
      select id, integration_name, organization_id from discovery_runs where execution_id = ${executionId} and ended_at is null
    ), stored as (
      insert into external_organizations as known
        (integration_name, organization_id, external_org_id, name, metadata, position, first_seen_at, last_seen_at, last_run_id)
      select run.integration_name, run.organization_id, seen.id, seen.name, seen.metadata, seen.position, now(), now(), run.id
      from run, json_to_recordset(${list}::json) as seen (id text, name text, metadata json, position integer)
      on conflict on constraint external_organizations_once do update
      set name = excluded.name, metadata = excluded.metadata, position = excluded.position,
        last_seen_at = excluded.last_seen_at, last_run_id = excluded.last_run_id, gone_at = null,
        previous_names = case when known.name = excluded.name then known.previous_names
          else (case when jsonb_array_length(known.previous_names) < ${maxPreviousNames} then known.previous_names else known.previous_names - 0 end)
            || jsonb_build_array(jsonb_build_object('name', known.name, 'until', now())) end
    )
    select exists (select from run) as has_run`),
  )
  return rows[0]?.has_run ?? false
}

export type ListedRow = { external_org_id: string; name: string; metadata: string }

/** All that are not gone, in the vendor's order; metadata as JSON text. */
export function listPresentOrganizations(db: Database, name: string, owner: ValueOwner): Promise<ListedRow[]> {
  return readInScope<ListedRow>(
    db,
    writingScope(owner),
    sql`
    select external_org_id, name, metadata::text as metadata from external_organizations
    where integration_name = ${name} and ${isOwnedBy(owner)} and gone_at is null
    order by position, external_org_id`,
  )
}

export type ExternalOrganizationRow = {
  external_org_id: string
  name: string
  sort_name: string
  metadata: JsonObject
  first_seen_at: Date
  last_seen_at: Date
  gone_at: Date | null
  previous_names: { name: string; until: string }[]
  mapping_id: string | null
  mapped_id: string | null
  mapped_name: string | null
}

export type ExternalOrganizationFilter = {
  /** Part of the name or the id, in any case. */
  search: string | undefined
  isGone: boolean
  /** Only those that an organization within reach is mapped to, or only those that none is. */
  isMapped: boolean | undefined
  after: [sortName: string, externalOrgId: string] | undefined
  limit: number
}

/**
 * By name. Of several holders the asked organization comes first, then the oldest mapping.
 *
 * @param scope of the organizations that the asker may hear of as holders; the owner is one of them
 */
export function searchExternalOrganizations(
  db: Database,
  scope: Scope,
  name: string,
  owner: ValueOwner,
  filter: ExternalOrganizationFilter,
): Promise<ExternalOrganizationRow[]> {
  const withinReach = sql`and ${isWithin(scope, sql`mapping.organization_id`)}`
  // Asked once, and not for each of ten thousand.
  const mapped = sql`external_org_id in (
    select mapping.external_org_id from organization_mappings as mapping
    where mapping.integration_name = ${name} and mapping.is_active ${withinReach})`
  return readInScope<ExternalOrganizationRow>(
    db,
    scope,
    sql`
    with page as (
      select *, lower(name) as sort_name from external_organizations
      where integration_name = ${name} and ${isOwnedBy(owner)} and gone_at is ${filter.isGone ? sql`not null` : sql`null`}
        ${filter.search === undefined ? empty : sql`and (${hasText(sql`name`, filter.search)} or ${hasText(sql`external_org_id`, filter.search)})`}
        ${filter.isMapped === undefined ? empty : filter.isMapped ? sql`and ${mapped}` : sql`and not ${mapped}`}
        ${filter.after === undefined ? empty : sql`and (lower(name), external_org_id) > (${filter.after[0]}, ${filter.after[1]})`}
      order by lower(name), external_org_id
      limit ${filter.limit}
    )
    select page.external_org_id, page.name, page.sort_name, page.metadata, page.first_seen_at, page.last_seen_at, page.gone_at, page.previous_names,
      holder.mapping_id, holder.mapped_id, holder.mapped_name
    from page
    left join lateral (
      select mapping.id as mapping_id, organization.id as mapped_id, organization.name as mapped_name
      from organization_mappings as mapping join organizations as organization on organization.id = mapping.organization_id
      where mapping.integration_name = ${name} and mapping.external_org_id = page.external_org_id and mapping.is_active
        ${withinReach}
      order by mapping.organization_id is not distinct from ${owner}::uuid desc, mapping.id
      limit 1
    ) as holder on true
    order by page.sort_name, page.external_org_id`,
  )
}
