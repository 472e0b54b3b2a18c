import { type Database, readInScope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { type FieldType, noWords, numberOfText, yesWords } from './organization-field.ts'

export type FieldRow = { name: string; label: string; type: FieldType; is_required: boolean; choices: string[] }

const columns = sql`name, label, type, is_required, choices`
const selectFields = sql`select ${columns} from organization_fields order by created_at, name`

/** In the order in which they were defined. */
export function listFieldRows(db: Database): Promise<FieldRow[]> {
  return readInScope<FieldRow>(db, 'allOrganizations', selectFields)
}

/** The same, which nobody changes or deletes until the transaction ends. */
export function holdFieldRows(transaction: Transaction): Promise<FieldRow[]> {
  return transaction.query<FieldRow>(sql`${selectFields} for share`)
}

/** Nobody defines, changes or deletes a field until the transaction ends. */
export async function lockFields(transaction: Transaction): Promise<void> {
  await transaction.query(sql`lock table organization_fields in share row exclusive mode`)
}

export async function lockFieldRow(transaction: Transaction, name: string): Promise<FieldRow | undefined> {
  const [row] = await transaction.query<FieldRow>(sql`select ${columns} from organization_fields where name = ${name} for update`)
  return row
}

/** False where there is one of that name. */
export async function insertFieldRow(transaction: Transaction, { name, label, type, is_required, choices }: FieldRow): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into organization_fields (name, label, type, is_required, choices) values (${name}, ${label}, ${type}, ${is_required}, ${choices})
    on conflict do nothing returning name`)
  return rows.length > 0
}

export async function updateFieldRow(transaction: Transaction, { name, label, is_required, choices }: FieldRow): Promise<void> {
  await transaction.query(sql`
    update organization_fields set label = ${label}, is_required = ${is_required}, choices = ${choices}, updated_at = now() where name = ${name}`)
}

/** Deletes the field and every organization's value of it. Returns how many had one. */
export async function deleteFieldRow(transaction: Transaction, name: string): Promise<number> {
  // In one order, as everyone who changes several does.
  const rows = await transaction.query(sql`
    with held as (select id from organizations where fields ? ${name} order by id for no key update)
    update organizations set fields = fields - ${name}::text, updated_at = now() where id in (select id from held) returning id`)
  await transaction.query(sql`delete from organization_fields where name = ${name}`)
  return rows.length
}

/** Those of these choices that organizations have. */
export async function findUsedChoices(transaction: Transaction, name: string, choices: readonly string[]): Promise<string[]> {
  const rows = await transaction.query<{ choice: string }>(sql`
    select distinct fields ->> ${name} as choice from organizations where fields ->> ${name} = any(${choices}::text[]) order by 1`)
  return rows.map(({ choice }) => choice)
}

/** That an organization has this value of a field, text in any case and `yes` for true; with empty text that it has none. */
export function hasFieldValue(fields: Sql, { name, text }: { name: string; text: string }): Sql {
  const trimmed = text.trim()
  if (trimmed === '') return sql`not ${fields} ? ${name}`
  const lower = trimmed.toLowerCase()
  const number = numberOfText(trimmed)
  const others = [
    ...(number === undefined ? [] : [number]),
    ...(yesWords.has(lower) ? [true] : []),
    ...(noWords.has(lower) ? [false] : []),
  ].map((value) => JSON.stringify(value))
  return sql`(lower(${fields} ->> ${name}) = ${lower} or ${fields} -> ${name} = any(${others}::jsonb[]))`
}
