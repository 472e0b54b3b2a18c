import { z } from 'zod'
import { lineOfText } from '../platform/http/text.ts'

export const fieldTypes = ['text', 'number', 'yes_no', 'date', 'choice', 'url'] as const
export type FieldType = (typeof fieldTypes)[number]

/** A field that every organization may have a value of, as an administrator defined it. */
export type OrganizationField = {
  name: string
  label: string
  type: FieldType
  /** Those who add an organization or change its fields give it a value. */
  isRequired: boolean
  /** Of a choice, in the order in which it is offered; of others empty. */
  choices: string[]
}

/** A date is text, `2026-03-01`. */
export type FieldValue = string | number | boolean
/** By the fields' names. A field without a value is not in it. */
export type FieldValues = Record<string, FieldValue>
/** What is to be changed of them. Null takes a value away. */
export type FieldValuesPatch = Record<string, FieldValue | null>

export const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower case letters, digits and _, and begin with a letter')

/** The largest number for which every whole number below it is exact. */
const maxNumber = Number.MAX_SAFE_INTEGER

const webAddress = lineOfText(2_000).refine(
  (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
  'must be an address such as https://example.com',
)

const valueSchemas: Record<Exclude<FieldType, 'choice'>, z.ZodType<FieldValue>> = {
  text: lineOfText(500),
  number: z.number('must be a number').min(-maxNumber).max(maxNumber),
  yes_no: z.boolean('must be true or false'),
  date: z.iso.date('must be a date such as 2026-03-01'),
  url: webAddress,
}

function schemaOf({ type, choices }: OrganizationField): z.ZodType<FieldValue> {
  if (type !== 'choice') return valueSchemas[type]
  return z.string().refine((text) => choices.includes(text), `must be one of: ${choices.join(', ')}`)
}

/** A value as it is kept, or what is wrong with it. */
export function checkedValue(field: OrganizationField, value: unknown): { value: FieldValue } | { problem: string } {
  const { success, data, error } = schemaOf(field).safeParse(value)
  return success ? { value: data } : { problem: error.issues[0]?.message ?? 'is not valid' }
}

export const yesWords: ReadonlySet<string> = new Set(['true', 'yes', 'y', '1'])
export const noWords: ReadonlySet<string> = new Set(['false', 'no', 'n', '0'])

/** A number as people and files write it, 12 or 1.5: nothing else that JavaScript reads as one, as 0x10. */
export function numberOfText(text: string): number | undefined {
  const number = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

/** The same of text, as a filter or a file has it: `yes` is true, and choices are known in any case. */
export function valueOfText(field: OrganizationField, text: string): { value: FieldValue } | { problem: string } {
  const trimmed = text.trim()
  const lower = trimmed.toLowerCase()
  if (field.type === 'number') return checkedValue(field, numberOfText(trimmed))
  if (field.type === 'yes_no') return checkedValue(field, yesWords.has(lower) ? true : noWords.has(lower) ? false : undefined)
  if (field.type === 'choice') return checkedValue(field, field.choices.find((one) => one.toLowerCase() === lower) ?? trimmed)
  return checkedValue(field, trimmed)
}
