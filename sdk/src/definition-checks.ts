import type { z } from 'zod'

/** Names of integrations, workflows and data providers. They stand in URLs, in the database and in log lines. */
export const namePattern = /^[a-z][a-z0-9_]{0,49}$/

export const maxDescriptionChars = 500
export const maxWordChars = 100
export const maxTags = 50
export const maxDeclaredKeys = 100
/** The longest time that a timer and a column of the database take: 24.8 days. */
export const maxTimeoutMs = 2_147_483_647
/** Waits of weeks count in it. */
export const maxDeadlineMs = 31_536_000_000
/** A year. */
export const maxCacheSeconds = 31_536_000
export const maxConcurrency = 1_000_000
/** Of a form's JSON Schema, as text. */
export const maxSchemaBytes = 256 * 1024
const maxSchemaDepth = 64

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

/** Text that the database can hold and JSON can carry: it has no NUL character and no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function checkStorable(owner: string, field: string, text: string): void {
  if (!isStorableText(text))
    throw definitionInvalid(`The ${owner} has a ${field} with a NUL character or half of a Unicode pair. Take it out.`)
}

/**
 * Why a value cannot be published: it is no JSON, too large, too deep, or has text or numbers that cannot be stored. A clause that follows
 * its name; undefined if it can.
 */
export function publishingProblem(value: unknown): string | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxSchemaDepth) return `is nested more than ${maxSchemaDepth} deep`
    const inner: unknown[] = []
    for (const item of level) {
      if (item === null || typeof item === 'boolean') continue
      if (typeof item === 'string') {
        if (!isStorableText(item)) return 'has text with a NUL character or half of a Unicode pair'
      } else if (typeof item === 'number') {
        if (!Number.isFinite(item)) return `has the number ${item}`
      } else if (Array.isArray(item)) for (const entry of item) inner.push(entry)
      else if (isRecord(item)) for (const [key, entry] of Object.entries(item)) inner.push(key, entry)
      else return `has what is not JSON: ${shown(item)}`
      if (inner.length > maxSchemaBytes) return `is larger than ${maxSchemaBytes / 1024} KiB`
    }
    level = inner
  }
  return JSON.stringify(value).length > maxSchemaBytes ? `is larger than ${maxSchemaBytes / 1024} KiB` : undefined
}

/** @throws TypeError when the description is missing, blank or longer than 500 characters, or cannot be stored. */
export function checkDescription(owner: string, description: unknown): asserts description is string {
  if (typeof description === 'string' && description.trim() !== '' && description.length <= maxDescriptionChars)
    return checkStorable(owner, 'description', description)
  const problem =
    typeof description === 'string' && description.length > maxDescriptionChars ? `${description.length} characters` : shown(description)
  throw definitionInvalid(
    `The ${owner} needs a description of 1 to ${maxDescriptionChars} characters (people choose by it); got ${problem}.`,
  )
}

/** @throws TypeError when a category, tag or label is not 1 to 100 characters of text, or cannot be stored. */
export function checkWord(owner: string, field: string, word: unknown): asserts word is string {
  if (typeof word === 'string' && word.trim() !== '' && word.length <= maxWordChars) return checkStorable(owner, field, word)
  throw definitionInvalid(`The ${owner} has a ${field} that is not 1 to ${maxWordChars} characters of text: ${shown(word)}.`)
}

/** @throws TypeError unless it is a list of words. The copy of it that was checked is returned. */
export function checkWords(owner: string, field: string, words: unknown): readonly string[] {
  const list: unknown[] | undefined = Array.isArray(words) && words.length <= maxTags ? [...words] : undefined
  if (!list) throw definitionInvalid(`The ${owner} has ${field}s that are not a list of at most ${maxTags} words: ${shown(words)}.`)
  return Object.freeze(
    list.map((word) => {
      checkWord(owner, field, word)
      return word
    }),
  )
}

/** @throws TypeError unless it is true, false, or left out. */
export function checkFlag(owner: string, field: string, value: unknown): asserts value is boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return
  throw definitionInvalid(`The ${owner} has ${field} ${shown(value)}; it must be true or false.`)
}

/** @throws TypeError unless it is a whole number of `min` to `max`. */
export function checkWhole(owner: string, field: string, value: unknown, min: number, max: number): asserts value is number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return
  throw definitionInvalid(`The ${owner} has ${field} ${shown(value)}; it must be a whole number from ${min} to ${max}.`)
}

/** @throws TypeError unless it is a time that can be waited for. */
export function checkTimeout(owner: string, field: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value > maxTimeoutMs)
    throw definitionInvalid(
      `The ${owner} has ${field} ${value}; it must be ${maxTimeoutMs} (24 days) at most. Work that takes longer is several workflows.`,
    )
  checkWhole(owner, field, value, 1, maxTimeoutMs)
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

/** How a wrong value is quoted in a message: short, in one line, and never a throw. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return `'${quotable(value.length > 60 ? `${value.slice(0, 60)}…` : value)}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return isList(value) ? 'a list' : 'an object'
  return quotable(String(value).slice(0, 100))
}

const quotable = (text: string) => text.toWellFormed().replace(/\p{Cc}/gu, '\ufffd')

/** A proxy that was revoked throws even here. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

function suggestName(name: string): string | undefined {
  const candidate = name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 50)
  return namePattern.test(candidate) ? candidate : undefined
}
