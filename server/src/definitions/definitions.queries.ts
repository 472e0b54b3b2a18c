import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { advisoryLocks } from '../platform/database/locks.ts'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import type { DefinitionKind } from './definition-kinds.ts'

/** One publication at a time: the others wait here until it has committed. */
export async function lockPublication(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select pg_advisory_xact_lock(${advisoryLocks.publication})`)
}

/**
 * Makes the table hold just these definitions. Rows that are the same already are left alone, so that nobody waits for them.
 *
 * @returns how many rows changed
 */
export async function replaceDefinitions(
  transaction: Transaction,
  definitions: PublishedDefinition[],
  codeVersion: string,
): Promise<number> {
  const given = definitions.map((definition) => ({ kind: definition.kind, name: definition.name, file: definition.file, definition }))
  const rows = await transaction.query<{ changed: number }>(sql`
    with given as (
      select * from json_to_recordset(${JSON.stringify(given)}::json) as given (kind text, name text, file text, definition json)
    ), removed as (
      delete from definitions where (kind, name) not in (select kind, name from given) returning 1
    ), put as (
      insert into definitions (kind, name, file, definition, code_version)
      select kind, name, file, definition, ${codeVersion} from given
      on conflict (kind, name) do update
      set file = excluded.file, definition = excluded.definition, code_version = excluded.code_version, published_at = now()
      where (definitions.file, definitions.definition::text, definitions.code_version) is distinct from (excluded.file, excluded.definition::text, excluded.code_version)
      returning 1
    )
    select ((select count(*) from removed) + (select count(*) from put))::int as changed`)
  return rows[0]?.changed ?? 0
}

/** @returns how many rows changed */
export async function replaceProblems(transaction: Transaction, problems: DefinitionProblem[], codeVersion: string): Promise<number> {
  const rows = await transaction.query<{ changed: number }>(sql`
    with given as (
      select distinct * from jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) as given (kind text, file text, reason text)
    ), removed as (
      delete from definition_problems where (kind, file, reason) not in (select kind, file, reason from given) returning 1
    ), put as (
      insert into definition_problems (kind, file, reason, code_version)
      select kind, file, reason, ${codeVersion} from given
      where (kind, file, reason) not in (select kind, file, reason from definition_problems)
      returning 1
    )
    select ((select count(*) from removed) + (select count(*) from put))::int as changed`)
  return rows[0]?.changed ?? 0
}

/** Mappings of these integrations may be held by several organizations from now on. */
export async function shareMappings(transaction: Transaction, integrationNames: string[]): Promise<void> {
  await transaction.query(
    sql`update organization_mappings set is_shared = true where not is_shared and integration_name = any(${integrationNames})`,
  )
}

/**
 * Mappings of these integrations belong to one organization from now on. Where several hold the same external organization,
 * the oldest becomes the holder, which keeps others from joining; the rest stay as they are until someone deactivates them.
 *
 * @returns for each integration, how many external organizations are still held by several
 */
export async function unshareMappings(
  transaction: Transaction,
  integrationNames: string[],
): Promise<{ integration_name: string; held_by_several: number }[]> {
  await transaction.query(sql`
    update organization_mappings as mapping set is_shared = false
    where is_shared and integration_name = any(${integrationNames})
      and (not is_active or not exists (
        select from organization_mappings as other
        where other.integration_name = mapping.integration_name and other.external_org_id = mapping.external_org_id
          and other.is_active and other.id <> mapping.id
          and (not other.is_shared or (other.created_at, other.id) < (mapping.created_at, mapping.id))))`)
  return transaction.query(sql`
    select integration_name, count(distinct external_org_id)::int as held_by_several from organization_mappings
    where is_active and is_shared and integration_name = any(${integrationNames})
    group by integration_name order by integration_name`)
}

type DefinitionRow = { definition: PublishedDefinition }

export async function findDefinitionRow(db: Database, kind: DefinitionKind, name: string): Promise<PublishedDefinition | undefined> {
  const rows = await readInScope<DefinitionRow>(
    db,
    'allOrganizations',
    sql`select definition from definitions where kind = ${kind} and name = ${name}`,
  )
  return rows[0]?.definition
}

/** A publication that changes this definition waits until the transaction has ended. */
export async function holdDefinitionRow(
  transaction: Transaction,
  kind: DefinitionKind,
  name: string,
): Promise<PublishedDefinition | undefined> {
  const rows = await transaction.query<DefinitionRow>(
    sql`select definition from definitions where kind = ${kind} and name = ${name} for share`,
  )
  return rows[0]?.definition
}

/** In order of their names. */
export async function listDefinitionRows(db: Database, kind: DefinitionKind): Promise<PublishedDefinition[]> {
  const rows = await readInScope<DefinitionRow>(
    db,
    'allOrganizations',
    sql`select definition from definitions where kind = ${kind} order by name collate "C"`,
  )
  return rows.map((row) => row.definition)
}

export function listProblemRows(db: Database, kind: DefinitionKind | undefined): Promise<DefinitionProblem[]> {
  return readInScope<DefinitionProblem>(
    db,
    'allOrganizations',
    sql`select kind, file, reason from definition_problems where ${kind ?? null}::text is null or kind = ${kind ?? null} order by file, reason`,
  )
}
