import type { Choice } from '../parts/schema-form/shape.ts'
import { textOfValue } from '../parts/value-form/value-text.ts'

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return textOfValue(value)
}

/** What was chosen, by the labels that the options had, or as it was sent where they have none. */
export function sentText(value: unknown, choices: readonly Choice[]): string {
  const labels = new Map(choices.map((choice) => [JSON.stringify(choice.value), choice.label]))
  const labelOf = (one: unknown) => labels.get(JSON.stringify(one)) ?? textOf(one)
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one !== 'object')
  return isPlainList && value.length > 0 ? value.map(labelOf).join(', ') : labelOf(value)
}
