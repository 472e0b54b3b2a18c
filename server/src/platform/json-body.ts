import type { FastifyInstance } from 'fastify'
import { storable } from '../protocol/storable.ts'
import { platformError } from './errors.ts'

/**
 * Where a value has a member that would change what objects are in programs that copy it: `__proto__`, or a `constructor` with a `prototype`.
 *
 * @returns the names on the way to it
 */
function poisonedPath(value: unknown): string[] | undefined {
  const waiting: { value: unknown; path: string[] }[] = [{ value, path: [] }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next
    if (value === null || typeof value !== 'object') continue
    for (const [name, inner] of Object.entries(value)) {
      const isConstructor = name === 'constructor' && inner !== null && typeof inner === 'object' && Object.hasOwn(inner, 'prototype')
      if (name === '__proto__' || isConstructor) return [...path, name]
      waiting.push({ value: inner, path: [...path, name] })
    }
  }
  return undefined
}

/** Cheap, and true of every text that could have such a member: also of those that spell it with escapes. */
const isSuspect = /__proto__|constructor|\\u/i

/** A name or text, or what an object or a list begins and ends with. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/** A member's name that an object has twice: programs do not agree on which of them holds. @param text valid JSON */
function repeatedName(text: string): string | undefined {
  /** The names of each object that is open; null for a list. */
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const name: string = JSON.parse(last)
      const names = open.at(-1)
      if (names?.has(name)) return name
      names?.add(name)
    }
    last = token
  }
  return undefined
}

/** Cheap, and true of every text with a number that could be one of those. */
const mayBeInexact = /\d{16}|\d[eE]\+?\d{3}/
const stringsAndNumbers = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs

/** A whole number of which digits would be lost, or one that is too large to be kept at all. @param text valid JSON */
function inexactNumber(text: string): string | undefined {
  if (!mayBeInexact.test(text)) return undefined
  for (const [token] of text.matchAll(stringsAndNumbers)) {
    if (token.startsWith('"')) continue
    const value = Number(token)
    if (!Number.isFinite(value) || (/^-?\d+$/.test(token) && !Number.isSafeInteger(value))) return token
  }
  return undefined
}

/**
 * Parses the body of a request.
 *
 * @throws malformed_json - also where an object has a member twice.
 * @throws validation_failed - a member has a name that no body may have, or a number would lose digits.
 */
export function parseJsonBody(text: string): unknown {
  let body: unknown
  try {
    // What a file begins with that some editors save.
    body = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch {
    throw platformError('malformed_json')
  }
  const repeated = repeatedName(text)
  if (repeated !== undefined) {
    const name = storable(repeated.slice(0, 100))
    throw platformError('malformed_json', { field: name }, `The request body has the member '${name}' twice in one object. Send it once.`)
  }
  const inexact = inexactNumber(text)
  if (inexact !== undefined) {
    const number = inexact.length > 40 ? `${inexact.slice(0, 40)}…` : inexact
    const problem = `has the number ${number}, which cannot be kept exactly`
    throw platformError('validation_failed', { body: [problem] }, `The body ${problem}. Send it as text, in quotes.`)
  }
  const path = isSuspect.test(text) ? poisonedPath(body) : undefined
  if (!path) return body
  const name = path.at(-1)
  // Not by its own name, which would do to the reader of the error what it may not do here.
  const field = path.slice(0, -1).join('.').slice(0, 200) || 'body'
  const problem =
    name === '__proto__' ? 'must not have a member named __proto__' : 'must not have a member named constructor with a prototype'
  const where = field === 'body' ? 'The body' : `The body's field '${field}'`
  throw platformError('validation_failed', { [field]: [problem] }, `${where} ${problem}. Leave that out, or give it another name.`)
}

/** JSON is UTF-8. What is sent as something else would be read as other letters than were meant. */
function requireUtf8(contentType: string | undefined): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return
  throw platformError('unsupported_media_type', { charset: charset.slice(0, 50) })
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What is no UTF-8 would be kept with other letters than were sent. */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw platformError('malformed_json', {}, 'The request body is not valid UTF-8. Send it as UTF-8.')
  }
}

/** Takes the place of the framework's own parser. */
export function addJsonParser(app: FastifyInstance): void {
  // Text is no body of any route: it is refused as what it is, and not as a body of the wrong form.
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<Buffer>(['application/json', 'application/scim+json'], { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      requireUtf8(request.headers['content-type'])
      done(null, parseJsonBody(textOf(bytes)))
    } catch (error) {
      done(error as Error) // what is thrown here is ours
    }
  })
}
