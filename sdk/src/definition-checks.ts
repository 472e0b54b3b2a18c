import type { z } from 'zod'

/** Names of integrations, workflows and data providers. They stand in URLs, in the database and in log lines. */
export const namePattern = /^[a-z][a-z0-9_]{0,49}$/

const maxDescriptionChars = 500
const maxWordChars = 100

/** What is wrong with a definition. A TypeError, as for any argument that is wrong, with the code `definition_invalid`. */
export function definitionInvalid(message: string, options?: ErrorOptions): TypeError & { readonly code: 'definition_invalid' } {
  return Object.assign(new TypeError(message, options), { code: 'definition_invalid' as const })
}

/** @throws TypeError when the name does not fit {@link namePattern}; says what it was and suggests one that fits. */
export function checkName(kind: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && namePattern.test(name)) return
  const suggestion = typeof name === 'string' ? suggestName(name) : undefined
  throw definitionInvalid(
    `The name of a ${kind} is 1 to 50 lower-case letters, digits and underscores, beginning with a letter; got ${shown(name)}.` +
      (suggestion ? ` Perhaps '${suggestion}'.` : ''),
  )
}

/** @throws TypeError when the description is missing, blank or longer than 500 characters. */
export function checkDescription(owner: string, description: unknown): asserts description is string {
  if (typeof description === 'string' && description.trim() !== '' && description.length <= maxDescriptionChars) return
  const problem =
    typeof description === 'string' && description.length > maxDescriptionChars ? `${description.length} characters` : shown(description)
  throw definitionInvalid(
    `The ${owner} needs a description of 1 to ${maxDescriptionChars} characters (people choose by it); got ${problem}.`,
  )
}

/** @throws TypeError when a category, tag or label is not 1 to 100 characters of text. */
export function checkWord(owner: string, field: string, word: unknown): asserts word is string {
  if (typeof word === 'string' && word.trim() !== '' && word.length <= maxWordChars) return
  throw definitionInvalid(`The ${owner} has a ${field} that is not 1 to ${maxWordChars} characters of text: ${shown(word)}.`)
}

/** @throws TypeError unless it is a whole number of `least` or more. */
export function checkWhole(owner: string, field: string, value: unknown, least: number): asserts value is number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return
  throw definitionInvalid(`The ${owner} has ${field} ${shown(value)}; it must be a whole number of ${least} or more.`)
}

/** @throws TypeError unless it is `z.object({ … })`. By shape and not by class, so that another copy of zod passes. */
export function checkObjectSchema(owner: string, field: string, schema: unknown): asserts schema is z.ZodObject {
  const definition = isRecord(schema) && isRecord(schema._zod) && isRecord(schema._zod.def) ? schema._zod.def : undefined
  if (definition?.type === 'object') return
  throw definitionInvalid(`The ${owner} has ${field} that is not z.object({ … }) of zod 4: ${shown(schema)}.`)
}

/** @throws TypeError unless it is a function. */
export function checkFunction(owner: string, value: unknown): void {
  if (typeof value !== 'function') throw definitionInvalid(`The ${owner} needs a function as its second argument; got ${shown(value)}.`)
}

/** @throws TypeError for options that are not an object, which a forgotten argument makes. */
export function checkOptions(kind: string, options: unknown): void {
  if (!isRecord(options)) throw definitionInvalid(`A ${kind} begins with its options, { name, description, … }; got ${shown(options)}.`)
}

/** Whether it is an object that can be looked into. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** How a wrong value is quoted in a message: short, and never a throw. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}

function suggestName(name: string): string | undefined {
  const candidate = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 50)
  return namePattern.test(candidate) ? candidate : undefined
}
