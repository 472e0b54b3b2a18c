import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { type Database, readInScope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import type { ValueOwner } from '../values/value-scope.ts'

/** True where each of these keys has a value, global or of the owner. */
function allSet(table: Sql, keys: readonly string[]): Sql {
  return sql`not exists (select from unnest(${keys}::text[]) as k (key) where not exists (
    select from ${table} v where v.key = k.key and (v.organization_id is null or v.organization_id = owner.id)))`
}

/** True where any of these keys has a value that the owner sees. */
function anySet(table: Sql, keys: readonly string[], isOwn: boolean): Sql {
  return sql`exists (select from ${table} v where v.key = any(${keys}::text[]) and (v.organization_id = owner.id ${isOwn ? sql`` : sql`or v.organization_id is null`}))`
}

/**
 * Plans a discovery of an integration for everybody with credentials of their own: the global ones, and those of active organizations.
 * Each has its own moment after `from`, the same every day; without a spread all of them begin at `from`. What is planned already is not
 * planned for later.
 *
 * @returns how many are planned
 */
export async function insertPlanned(
  transaction: Transaction,
  { name, secrets, config }: IntegrationDefinition,
  { from, spreadSeconds }: { from: Date; spreadSeconds: number },
): Promise<number> {
  const momentOf = sql`abs(hashtext(${name}::text || ' ' || coalesce(owner.id::text, ''))::bigint) % ${Math.max(spreadSeconds, 1)}::bigint`
  const keysOf = (declared: IntegrationDefinition['secrets']) => declared.map(({ key }) => key)
  const required = (declared: IntegrationDefinition['secrets']) => keysOf(declared.filter((key) => key.required))
  const [secretsTable, configTable] = [sql`secrets`, sql`config`]
  const rows = await transaction.query<{ planned: number }>(sql`
    with made as (
      insert into planned_discoveries (integration_name, organization_id, due_at)
      select ${name}, owner.id,
        ${from}::timestamptz + make_interval(secs => ${momentOf})
      from (
        select null::uuid as id
        union all
        select owner.id from organizations owner
        where owner.is_active and (${anySet(secretsTable, keysOf(secrets), true)} or ${anySet(configTable, keysOf(config), true)})
      ) as owner
      where ${allSet(secretsTable, required(secrets))} and ${allSet(configTable, required(config))}
        and (${secrets.length === 0} or ${anySet(secretsTable, keysOf(secrets), false)})
      on conflict (integration_name, organization_id) do update set due_at = least(planned_discoveries.due_at, excluded.due_at)
      returning 1
    )
    select count(*)::int as planned from made`)
  return rows[0]?.planned ?? 0
}

export type PlannedRow = { integration_name: string; organization_id: ValueOwner; is_active: boolean; is_running: boolean }

/** Takes what has been planned for longest out of the plan. Of several workers only one gets it; undefined for the others. */
export async function takePlanned(transaction: Transaction, now: Date): Promise<PlannedRow | undefined> {
  const rows = await transaction.query<PlannedRow>(sql`
    with due as (
      select ctid from planned_discoveries where due_at <= ${now} order by due_at limit 1 for update skip locked
    )
    delete from planned_discoveries as planned using due where planned.ctid = due.ctid
    returning planned.integration_name, planned.organization_id,
      planned.organization_id is null or exists (select from organizations o where o.id = planned.organization_id and o.is_active) as is_active,
      exists (select from discovery_runs run where run.ended_at is null and run.integration_name = planned.integration_name
        and run.organization_id is not distinct from planned.organization_id) as is_running`)
  return rows[0]
}

export async function deletePlanned(transaction: Transaction, name: string, owner: ValueOwner): Promise<void> {
  await transaction.query(
    sql`delete from planned_discoveries where integration_name = ${name} and organization_id is not distinct from ${owner}::uuid`,
  )
}

/** Takes everything that is not begun out of the plan. */
export async function deleteAllPlanned(transaction: Transaction): Promise<void> {
  await transaction.query(sql`delete from planned_discoveries`)
}

export async function findNextPlanned(db: Database): Promise<Date | undefined> {
  const rows = await readInScope<{ next: Date | null }>(db, 'allOrganizations', sql`select min(due_at) as next from planned_discoveries`)
  return rows[0]?.next ?? undefined
}
