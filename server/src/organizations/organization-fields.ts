import { type Acting, changesBetween, findLastChange, recordAudit } from '../audit/audit.ts'
import type { OrganizationFieldFields } from '../audit/audit-event.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { defineErrors, platformError } from '../platform/errors.ts'
import { etagOf, type Precondition, requireUnchanged } from '../platform/preconditions.ts'
import { canonicalJson } from '../protocol/json.ts'
import { checkedValue, type FieldValues, type FieldValuesPatch, type OrganizationField, valueOfText } from './organization-field.ts'
import {
  deleteFieldRow,
  type FieldRow,
  findUsedChoices,
  holdFieldRows,
  insertFieldRow,
  listFieldRows,
  lockFieldRow,
  lockFields,
  updateFieldRow,
} from './organization-fields.queries.ts'

export const fieldError = defineErrors({
  organization_field_not_found: { status: 404, message: 'There is no such field of organizations.' },
  organization_field_exists: { status: 409, message: 'There is a field of that name. Choose another, or change that field.' },
  organization_field_choice_used: {
    status: 409,
    message: 'Organizations have a choice that would be taken away. Give them another one first.',
  },
  too_many_organization_fields: { status: 409, message: 'Organizations have a hundred fields already. Delete one that is not needed.' },
})

const maxFields = 100

const fieldOf = ({ is_required, ...row }: FieldRow): OrganizationField => ({ ...row, isRequired: is_required })
const rowOf = ({ isRequired, ...field }: OrganizationField): FieldRow => ({ ...field, is_required: isRequired })
const auditedFields = ({ name: _, ...row }: FieldRow): OrganizationFieldFields => row

export function etagOfField(field: OrganizationField): string {
  return etagOf(field)
}

/** In the order in which they were defined. */
export async function listFields(db: Database): Promise<OrganizationField[]> {
  return (await listFieldRows(db)).map(fieldOf)
}

/** The same, which nobody changes until the transaction ends. */
export async function holdFields(transaction: Transaction): Promise<OrganizationField[]> {
  return (await holdFieldRows(transaction)).map(fieldOf)
}

type Written = Pick<Parameters<typeof recordAudit>[2], 'action'> & {
  action: 'organization_field.created' | 'organization_field.updated' | 'organization_field.deleted'
  before: FieldRow | undefined
  after: FieldRow | undefined
}

async function record(transaction: Transaction, acting: Acting, { action, before, after }: Written): Promise<void> {
  const { name, label } = (after ?? before) as FieldRow // one of them is given
  const nothing = { label: null, type: null, is_required: null, choices: null }
  await recordAudit(transaction, acting, {
    action,
    organizationId: null,
    target: { type: 'organization_field', id: name, name: label },
    changes: changesBetween<OrganizationFieldFields>(
      before ? auditedFields(before) : {},
      after ? auditedFields(after) : (nothing as unknown as OrganizationFieldFields), // what is gone has nothing
    ),
  })
}

/** @throws organization_field_exists, too_many_organization_fields */
export function createField(db: Database, acting: Acting, field: OrganizationField): Promise<OrganizationField> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    await lockFields(transaction)
    if ((await holdFieldRows(transaction)).length >= maxFields) throw fieldError('too_many_organization_fields', { max: maxFields })
    if (!(await insertFieldRow(transaction, rowOf(field)))) throw fieldError('organization_field_exists', { name: field.name })
    await record(transaction, acting, { action: 'organization_field.created', before: undefined, after: rowOf(field) })
    return field
  })
}

export type FieldPatch = { label?: string | undefined; isRequired?: boolean | undefined; choices?: string[] | undefined }

/**
 * Changes a field for all organizations. What type it is stays.
 *
 * @throws organization_field_not_found, organization_field_choice_used, changed_meanwhile
 * @throws validation_failed - choices for what is none, or none for what is one.
 */
export function updateField(
  db: Database,
  acting: Acting,
  name: string,
  patch: FieldPatch,
  expected?: Precondition,
): Promise<OrganizationField> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    const before = await lockField(transaction, name, expected)
    const after: OrganizationField = {
      ...before,
      label: patch.label ?? before.label,
      isRequired: patch.isRequired ?? before.isRequired,
      choices: patch.choices ?? before.choices,
    }
    if ((after.type === 'choice') !== after.choices.length > 0) throw choicesProblem(after.type === 'choice')
    if (canonicalJson(after) === canonicalJson(before)) return before
    const removed = before.choices.filter((choice) => !after.choices.includes(choice))
    const used = removed.length === 0 ? [] : await findUsedChoices(transaction, name, removed)
    if (used.length > 0) throw fieldError('organization_field_choice_used', { name, choices: used })
    await updateFieldRow(transaction, rowOf(after))
    await record(transaction, acting, { action: 'organization_field.updated', before: rowOf(before), after: rowOf(after) })
    return after
  })
}

/**
 * Deletes a field and every organization's value of it.
 *
 * @returns how many organizations had a value
 * @throws organization_field_not_found, changed_meanwhile
 */
export function deleteField(db: Database, acting: Acting, name: string, expected?: Precondition): Promise<number> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    const before = await lockField(transaction, name, expected)
    const count = await deleteFieldRow(transaction, name)
    await record(transaction, acting, { action: 'organization_field.deleted', before: rowOf(before), after: undefined })
    return count
  })
}

/** The table before the row, as who defines a field does; organizations come after both. */
async function lockField(transaction: Transaction, name: string, expected: Precondition | undefined): Promise<OrganizationField> {
  await lockFields(transaction)
  const row = await lockFieldRow(transaction, name)
  if (!row) throw fieldError('organization_field_not_found', { name })
  await requireUnchanged(expected, etagOfField(fieldOf(row)), () =>
    findLastChange(transaction, null, { type: 'organization_field', id: name }),
  )
  return fieldOf(row)
}

export function choicesProblem(isChoice: boolean) {
  const problem = isChoice ? 'must have at least one choice' : 'must be left out: only a choice has them'
  return platformError('validation_failed', { choices: [problem] }, `'choices' ${problem}.`)
}

/** The values after a patch, or what is wrong with it, by the names of the fields. */
export function patchedValues(
  fields: readonly OrganizationField[],
  before: FieldValues,
  patch: FieldValuesPatch,
): { values: FieldValues; problems: Map<string, string> } {
  const values: FieldValues = { ...before }
  const problems = new Map<string, string>()
  for (const [name, given] of Object.entries(patch)) {
    const field = fields.find((one) => one.name === name)
    if (!field) {
      problems.set(name, 'is not a field of organizations')
      continue
    }
    delete values[name]
    if (given === null) continue
    const checked = checkedValue(field, given)
    if ('problem' in checked) problems.set(name, checked.problem)
    else values[name] = checked.value
  }
  for (const { name, isRequired } of fields) {
    if (isRequired && !Object.hasOwn(values, name) && !problems.has(name)) problems.set(name, 'is required')
  }
  return { values, problems }
}

/** The same. @throws validation_failed */
export function requireValues(fields: readonly OrganizationField[], before: FieldValues, patch: FieldValuesPatch): FieldValues {
  const { values, problems } = patchedValues(fields, before, patch)
  const [first] = problems
  if (!first) return values
  const details = Object.fromEntries([...problems].map(([name, problem]) => [`fields.${name}`, [problem]]))
  throw platformError('validation_failed', details, `The field '${first[0]}' ${first[1]}.`)
}

/** A value that organizations are looked for by. Empty text looks for those that have none. */
export type FieldCondition = { name: string; text: string }

/**
 * Looks up the field of a condition, and spells its text as values are kept.
 *
 * @param where the condition stands in the request
 * @throws validation_failed - there is no such field, or the text is no value of it.
 */
export async function fieldCondition(db: Database, where: string, condition: FieldCondition): Promise<FieldCondition> {
  return checkedCondition(await listFields(db), where, condition)
}

/** The same in a transaction. Nobody changes the field until it ends. */
export async function fieldConditionWithin(transaction: Transaction, where: string, condition: FieldCondition): Promise<FieldCondition> {
  return checkedCondition(await holdFields(transaction), where, condition)
}

function checkedCondition(fields: readonly OrganizationField[], where: string, { name, text }: FieldCondition): FieldCondition {
  const field = fields.find((one) => one.name === name)
  if (field && text.trim() === '') return { name, text: '' }
  const checked = field ? valueOfText(field, text) : { problem: `names '${name}', which is not a field of organizations` }
  if ('problem' in checked) throw platformError('validation_failed', { [where]: [checked.problem] }, `'${where}' ${checked.problem}.`)
  return { name, text: String(checked.value) }
}
