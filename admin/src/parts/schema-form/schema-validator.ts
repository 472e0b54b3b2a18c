import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import type { JsonObject } from './form-schema.ts'
import { messageOf, partsOf } from './problem-messages.ts'

/** Keywords whose own error only says that one of those inside failed. */
const outerKeywords = new Set(['properties', 'items', 'prefixItems', 'allOf', '$ref', 'additionalProperties', 'patternProperties'])

/** Where the first choice between alternatives stands, after a place that is known. */
function choiceIn(location: string, after: string): string | undefined {
  const found = /\/(?:anyOf|oneOf)(?=\/\d+(?:\/|$))/.exec(location.slice(after.length))
  return found ? location.slice(0, after.length + found.index + found[0].length) : undefined
}

/** Of a value that fits none of several alternatives, what it misses of the one that it is most like. */
function withoutOthers(errors: OutputUnit[], after = '#'): OutputUnit[] {
  const choice = errors.map(({ keywordLocation }) => choiceIn(keywordLocation, after)).find((found) => found !== undefined)
  if (choice === undefined) return errors
  const isInside = ({ keywordLocation }: OutputUnit) => keywordLocation.startsWith(`${choice}/`)
  const itself = errors.find(({ keywordLocation }) => keywordLocation === choice)
  const others = errors.filter((error) => error !== itself && !isInside(error))
  const numberOf = ({ keywordLocation }: OutputUnit) => keywordLocation.slice(choice.length + 1).split('/')[0] ?? ''
  const ranked = Object.entries(Object.groupBy(errors.filter(isInside), numberOf))
    .map(([number, branch = []]) => ({
      number,
      branch,
      strangeness: strangenessOf(branch, `${choice}/${number}`, itself?.instanceLocation),
    }))
    .sort((a, b) => a.strangeness - b.strangeness)
  const [likest, next] = ranked
  const isMeant = likest !== undefined && likest.strangeness < veryStrange && (next === undefined || next.strangeness >= veryStrange)
  const told = isMeant ? withoutOthers(likest.branch, `${choice}/${likest.number}`) : itself ? [itself] : []
  return [...withoutOthers(others, after), ...told]
}

const veryStrange = 1_000

/** Another type, or another mark, tells that an alternative was not meant. */
function strangenessOf(branch: OutputUnit[], at: string, place: string | undefined): number {
  const isOther = ({ keyword, instanceLocation, keywordLocation }: OutputUnit) => {
    if (choiceIn(keywordLocation, at) !== undefined) return false
    const isMark = keyword === 'const' && instanceLocation.slice(0, instanceLocation.lastIndexOf('/')) === place
    return isMark || ((keyword === 'type' || keyword === 'const') && instanceLocation === place)
  }
  return branch.reduce((sum, error) => sum + (isOther(error) ? veryStrange : 1), 0)
}

const validators = new WeakMap<JsonObject, Validator>()

function validatorOf(schema: JsonObject): Validator {
  // The two types of the same JSON Schema differ; both are plain JSON.
  const validator = validators.get(schema) ?? new Validator(schema as Schema, '2020-12', false)
  validators.set(schema, validator)
  return validator
}

/** What is wrong with which field, all at once, by the names on the way to it (`window.from`). Made without making functions out of text. */
export function problemsOf(schema: JsonObject, entered: unknown): Map<string, string[]> {
  const value: unknown = JSON.parse(JSON.stringify(entered ?? {}))
  const { errors } = validatorOf(schema).validate(value)
  const problems = new Map<string, string[]>()
  for (const unit of withoutOthers(errors)) {
    if (outerKeywords.has(unit.keyword)) continue
    const path = partsOf(unit.instanceLocation)
    const missing = unit.keyword === 'required' ? /"([^"]+)"/.exec(unit.error)?.[1] : undefined
    const key = (missing === undefined ? path : [...path, missing]).join('.')
    const message = messageOf(unit, schema, value)
    const known = problems.get(key) ?? []
    // A text in the wrong form has one fault, whatever its schema says twice.
    if (!known.includes(message)) problems.set(key, [...known, message])
  }
  return problems
}

/** The sentences of one field. What ends as a sentence already stays as it is. */
export function sentencesOf(label: string, messages: readonly string[]): string | undefined {
  if (messages.length === 0) return undefined
  return messages.map((message) => (/^[A-Z]|\.$/.test(message) ? message : `${label} ${message}.`)).join(' ')
}
