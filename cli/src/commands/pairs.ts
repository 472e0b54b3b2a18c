import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { coerced, type Schema } from '../coercion.ts'
import { usageError } from '../failure.ts'
import type { Terminal } from '../output/terminal.ts'

export const pairHelp = 'key=value, or key:=json for JSON as it stands; may be repeated'

/** For commander: gathers the values of an option that may be repeated. */
export function gather(text: string, earlier: string[] = []): string[] {
  return [...earlier, text]
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usageError(`${what} is not JSON (${error instanceof Error ? error.message : error}).`)
  }
}

const pairPattern = /^([^=:]+)(:?=)([\s\S]*)$/

function parsePair(text: string, schema: Schema | undefined): [string, unknown] {
  const match = pairPattern.exec(text)
  if (!match) throw usageError(`${JSON.stringify(text)} is not ${pairHelp.split(';')[0]}.`)
  const [, key = '', sign, value = ''] = match
  if (sign === ':=') return [key, parseJson(value, `The value of ${key}`)]
  return [key, schema ? coerced(value, key, schema) : value]
}

/** All of standard input as text. */
export async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** JSON as it stands, from a file as `@path`, or from standard input as `-`. */
export async function readJsonArgument(terminal: Terminal, text: string, option: string): Promise<unknown> {
  if (text === '-') return parseJson(await readAll(terminal.stdin), 'Standard input')
  if (!text.startsWith('@')) return parseJson(text, option)
  const path = resolve(terminal.cwd, text.slice(1))
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`The file ${path} cannot be read (${error.code}).`)
  })
  return parseJson(content, path)
}

/**
 * The object that pairs and JSON make together; pairs win. Undefined where neither is given.
 *
 * @param given.findSchema of the object: is asked where a pair is a text that could stand for something else
 */
export async function readObject(
  terminal: Terminal,
  given: { pairs?: string[] | undefined; json?: string | undefined; option: string; findSchema?: () => Promise<Schema | undefined> },
): Promise<Record<string, unknown> | undefined> {
  if (given.pairs === undefined && given.json === undefined) return undefined
  const whole = given.json === undefined ? {} : await readJsonArgument(terminal, given.json, given.option)
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole))
    throw usageError(`${given.option} takes a JSON object, as {"key": "value"}.`)
  const pairs = given.pairs ?? []
  const plain = pairs.map((pair) => parsePair(pair, undefined))
  const schema = pairs.some((pair) => pairPattern.exec(pair)?.[2] === '=') ? await given.findSchema?.() : undefined
  return { ...whole, ...Object.fromEntries(schema ? pairs.map((pair) => parsePair(pair, schema)) : plain) }
}
