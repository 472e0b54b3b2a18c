import { listOrganizationFields, type OrganizationField } from '@crosswalk/client'
import type { Cli } from '../cli.ts'
import { aNumber } from '../coercion.ts'
import { usageError } from '../failure.ts'

export const fieldHelp = 'a custom field, as tier=gold; may be repeated'

/** Pairs as they were typed. The value may have equals signs itself. */
export function fieldPairs(pairs: readonly string[]): [name: string, text: string][] {
  return pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw usageError(`${JSON.stringify(pair)} is not name=value.`)
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })
}

const yesWords = ['yes', 'true', 'y', '1']
const noWords = ['no', 'false', 'n', '0']

function typedValue(field: OrganizationField | undefined, text: string): string | number | boolean | null {
  if (text === '') return null
  const lower = text.toLowerCase()
  // What cannot be read stays text: the server says what is wrong with it.
  if (field?.type === 'number') return aNumber.test(text) ? Number(text) : text
  if (field?.type === 'yes_no') return yesWords.includes(lower) ? true : noWords.includes(lower) ? false : text
  if (field?.type === 'choice') return field.choices.find((choice) => choice.toLowerCase() === lower) ?? text
  return text
}

/** The values that pairs stand for, by the types of their fields. Empty text takes a value away. */
export async function fieldValuesOf(cli: Cli, pairs: readonly string[]): Promise<Record<string, string | number | boolean | null>> {
  const given = fieldPairs(pairs)
  const { fields } = await listOrganizationFields(await cli.call())
  const typeOf = new Map(fields.map((field) => [field.name, field]))
  return Object.fromEntries(given.map(([name, text]) => [name, typedValue(typeOf.get(name), text)]))
}

/** Without those that are to be taken away: of something new there is nothing to take. */
export function givenOnly(values: Record<string, string | number | boolean | null>): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string | number | boolean] => entry[1] !== null))
}
