import { type Database, readInScope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { advisoryLocks } from '../platform/database/locks.ts'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import { readyMadePackage } from '../protocol/ready-made.ts'
import type { DefinitionKind, Known, KnownProblem } from './definition-kinds.ts'

/** One publication at a time: the others wait here until it has committed. */
export async function lockPublication(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select pg_advisory_xact_lock(${advisoryLocks.publication})`)
}

/**
 * Makes the table hold these definitions. Rows that are the same already are left alone, so that nobody waits for them.
 *
 * @param keepsMissing the others stay, and are marked as missing; else they are removed
 * @returns how many rows changed
 */
export async function replaceDefinitions(
  transaction: Transaction,
  definitions: PublishedDefinition[],
  { codeVersion, keepsMissing }: { codeVersion: string; keepsMissing: boolean },
): Promise<number> {
  const given = definitions.map((definition) => ({ kind: definition.kind, name: definition.name, file: definition.file, definition }))
  const rows = await transaction.query<{ changed: number }>(sql`
    with given as (
      select * from json_to_recordset(${JSON.stringify(given)}::json) as given (kind text, name text, file text, definition json)
    ), removed as (
      delete from definitions where not ${keepsMissing} and (kind, name) not in (select kind, name from given) returning 1
    ), marked as (
      update definitions set missing_since = now()
      where ${keepsMissing} and missing_since is null and (kind, name) not in (select kind, name from given) returning 1
    ), put as (
      insert into definitions (kind, name, file, definition, code_version)
      select kind, name, file, definition, ${codeVersion} from given
      on conflict (kind, name) do update
      set file = excluded.file, definition = excluded.definition, code_version = excluded.code_version, published_at = now(), missing_since = null
      where definitions.missing_since is not null
        or (definitions.file, definitions.definition::text, definitions.code_version) is distinct from (excluded.file, excluded.definition::text, excluded.code_version)
      returning 1
    )
    select ((select count(*) from removed) + (select count(*) from marked) + (select count(*) from put))::int as changed`)
  return rows[0]?.changed ?? 0
}

/** A file that has had a problem before has had it since then, whatever it is now. Returns how many rows changed. */
export async function replaceProblems(transaction: Transaction, problems: DefinitionProblem[], codeVersion: string): Promise<number> {
  const given = problems.map(({ kind, file, reason, isWarning = false }) => ({ kind, file, reason, is_warning: isWarning }))
  const rows = await transaction.query<{ changed: number }>(sql`
    with given as (
      select distinct *
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (kind text, file text, reason text, is_warning boolean)
    ), removed as (
      delete from definition_problems
      where (kind, file, reason, is_warning) not in (select kind, file, reason, is_warning from given) returning 1
    ), put as (
      insert into definition_problems (kind, file, reason, is_warning, code_version, since)
      select kind, file, reason, is_warning, ${codeVersion},
        coalesce((select min(before.since) from definition_problems before where before.kind = given.kind and before.file = given.file), now())
      from given
      where (kind, file, reason, is_warning) not in (select kind, file, reason, is_warning from definition_problems)
      returning 1
    )
    select ((select count(*) from removed) + (select count(*) from put))::int as changed`)
  return rows[0]?.changed ?? 0
}

/** How many definitions there are of the workspace, those that are missing included. */
export async function countOwnDefinitions(transaction: Transaction): Promise<number> {
  const rows = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from definitions where not starts_with(file, ${`${readyMadePackage}/`})`,
  )
  return rows[0]?.count ?? 0
}

/** Removes a definition that is missing. Tells apart one that is not, and one that there is not. */
export async function deleteMissing(
  transaction: Transaction,
  kind: DefinitionKind,
  name: string,
): Promise<'removed' | 'loaded' | 'unknown'> {
  const rows = await transaction.query<{ is_missing: boolean }>(
    sql`select missing_since is not null as is_missing from definitions where kind = ${kind} and name = ${name} for update`,
  )
  const [found] = rows
  if (!found?.is_missing) return found ? 'loaded' : 'unknown'
  await transaction.query(sql`delete from definitions where kind = ${kind} and name = ${name}`)
  return 'removed'
}

type DefinitionRow = { definition: PublishedDefinition; missing_since: Date | null; switched_off_at: Date | null }

function definitionOf({ definition, missing_since, switched_off_at }: DefinitionRow): Known<PublishedDefinition> {
  return {
    ...definition,
    ...(missing_since === null ? {} : { missingSince: missing_since }),
    ...(switched_off_at === null ? {} : { switchedOffSince: switched_off_at }),
  }
}

/** Also of the data providers that come along with an integration: they are in its folder. */
const known = sql`definition, missing_since, (
  select switched_off_at from switched_off_integrations as off
  where starts_with(definitions.file, ${`${readyMadePackage}/`}) and off.name = split_part(definitions.file, '/', 3)) as switched_off_at`

/** Definitions are of no organization, so every scope has them: who reads them in a transaction needs no second connection. */
export type Reader = Database | Transaction

function read(reader: Reader, statement: Sql): Promise<DefinitionRow[]> {
  return 'query' in reader ? reader.query<DefinitionRow>(statement) : readInScope<DefinitionRow>(reader, 'allOrganizations', statement)
}

export async function findDefinitionRow(
  reader: Reader,
  kind: DefinitionKind,
  name: string,
): Promise<Known<PublishedDefinition> | undefined> {
  const rows = await read(reader, sql`select ${known} from definitions where kind = ${kind} and name = ${name}`)
  return rows.map(definitionOf)[0]
}

/** A publication that changes this definition waits until the transaction has ended. */
export async function holdDefinitionRow(
  transaction: Transaction,
  kind: DefinitionKind,
  name: string,
): Promise<Known<PublishedDefinition> | undefined> {
  const rows = await transaction.query<DefinitionRow>(
    sql`select ${known} from definitions where kind = ${kind} and name = ${name} for share`,
  )
  return rows.map(definitionOf)[0]
}

/** In order of their names. */
export async function listDefinitionRows(reader: Reader, kind: DefinitionKind): Promise<Known<PublishedDefinition>[]> {
  const rows = await read(reader, sql`select ${known} from definitions where kind = ${kind} order by name collate "C"`)
  return rows.map(definitionOf)
}

export function listProblemRows(db: Database, kind: DefinitionKind | undefined): Promise<KnownProblem[]> {
  return readInScope<KnownProblem>(
    db,
    'allOrganizations',
    sql`
    select kind, file, reason, is_warning as "isWarning", since from definition_problems
    where ${kind ?? null}::text is null or kind = ${kind ?? null} order by file, reason`,
  )
}

export type MissingRow = { kind: DefinitionKind; name: string; file: string; missing_since: Date; reason: string | null }

/** With the problem of its file, where that is why. */
export function listMissingRows(db: Database): Promise<MissingRow[]> {
  return readInScope<MissingRow>(
    db,
    'allOrganizations',
    sql`
    select kind, name, file, missing_since,
      (select min(reason) from definition_problems p where p.file = definitions.file and not p.is_warning) as reason
    from definitions where missing_since is not null order by kind, name collate "C"`,
  )
}

export async function countLoaded(db: Database): Promise<number> {
  const rows = await readInScope<{ count: number }>(
    db,
    'allOrganizations',
    sql`select count(*)::int as count from definitions where missing_since is null`,
  )
  return rows[0]?.count ?? 0
}
