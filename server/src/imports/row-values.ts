import { shortened } from '@crosswalk/sdk/readable-data'
import { z } from 'zod'
import { mappingFields } from '../mappings/mapping-rules.ts'
import { domainNames } from '../organizations/domain-name.ts'
import { type FieldValuesPatch, type OrganizationField, valueOfText } from '../organizations/organization-field.ts'
import { tagNames } from '../organizations/tag-name.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import type { ColumnTarget } from './columns.ts'
import type { CsvRow } from './csv-text.ts'

/** What a row says of its organization. An empty cell says nothing, so that a column may be filled in for some only. */
export type RowValues = {
  line: number
  id?: string
  name?: string
  domains?: string[]
  tenantId?: string
  tags?: string[]
  fields: FieldValuesPatch
  /** External ids by integration. */
  external: Map<string, string>
  problems: string[]
}

const name = lineOfText(200)
const separators = /[;,|\n]+/
/** What is wrong is told of each row, and may be wrong with all of them: it stays short, whatever headings and choices are like. */
const maxHeadingChars = 60
const maxProblemChars = 300

/** Reads the cells of a row by what their columns are. */
export function valuesOf(
  { line, cells }: CsvRow,
  header: readonly string[],
  columns: readonly ColumnTarget[],
  fields: readonly OrganizationField[],
): RowValues {
  const row: RowValues = { line, fields: {}, external: new Map(), problems: [] }
  if (cells.length > header.length && cells.slice(header.length).some((cell) => cell !== ''))
    row.problems.push(`It has ${cells.length} cells, and the first row names ${header.length} columns.`)
  for (const [index, target] of columns.entries()) {
    const cell = (cells[index] ?? '').trim()
    if (target === '' || cell === '') continue
    const problem = take(row, target, cell, fields)
    if (problem !== undefined) row.problems.push(problemOf(header[index] || target, problem))
  }
  return row
}

/** A sentence about the cell under a heading. */
export function problemOf(heading: string, problem: string): string {
  return `${shortened(heading, maxHeadingChars)}: ${shortened(problem, maxProblemChars)}.`
}

/** @returns what is wrong with the cell */
function take(row: RowValues, target: ColumnTarget, cell: string, fields: readonly OrganizationField[]): string | undefined {
  const checked = <T>(schema: z.ZodType<T>, value: unknown, keep: (value: T) => void): string | undefined => {
    const { success, data, error } = schema.safeParse(value)
    if (!success) return error.issues[0]?.message ?? 'is not valid'
    keep(data)
    return undefined
  }
  const several = () => cell.split(separators).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  switch (target) {
    case '':
      return undefined
    case 'id':
      return checked(wireId, cell, (id) => void Object.assign(row, { id }))
    case 'name':
      return checked(name, cell, (given) => void Object.assign(row, { name: given }))
    case 'tenant_id':
      return checked(name, cell, (tenantId) => void Object.assign(row, { tenantId }))
    case 'domains':
      return checked(z.pipe(z.array(z.string()), domainNames), several(), (domains) => void Object.assign(row, { domains }))
    case 'tags':
      return checked(z.pipe(z.array(z.string()), tagNames), several(), (tags) => void Object.assign(row, { tags }))
  }
  const named = target.slice(target.indexOf(':') + 1)
  if (target.startsWith('external:'))
    return checked(mappingFields.external_org_id, cell, (externalId) => void row.external.set(named, externalId))
  const field = fields.find((one) => one.name === named)
  if (!field) return 'is not a field of organizations'
  const value = valueOfText(field, cell)
  if ('problem' in value) return value.problem
  row.fields[named] = value.value
  return undefined
}
