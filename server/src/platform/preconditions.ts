import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { canonicalJson } from '../protocol/json.ts'
import { defineErrors, platformError } from './errors.ts'

/** What a change expects to find: something with one of these tags, or with `*` anything that there is. Undefined expects nothing. */
export type Precondition = '*' | readonly string[] | undefined

/** Who changed something, and when. */
export type LastChange = { by: string; at: Date }

export const preconditionError = defineErrors({
  changed_meanwhile: {
    status: 412,
    message: 'It was changed after you read it, and nothing was changed now. Read it again, then change what still applies.',
  },
})

/**
 * The entity tag of what people edit, made of its content: another content has another tag, the same content the same one. What happens to a
 * thing otherwise, such as a test of its connection, leaves the tag as it is.
 */
export function etagOf(content: unknown): string {
  return `"${hash('sha256', canonicalJson(content), 'base64url').slice(0, 27)}"`
}

/** The tag in a view, for who edits what a list has. */
export const etagField = z.string().describe('The entity tag of what can be edited of it: send it as `If-Match` with a change.')

const list = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/

/** What the header `If-Match` says. @throws validation_failed - it is no list of entity tags. */
export function preconditionOf(headers: IncomingHttpHeaders): Precondition {
  const given = headers['if-match']
  if (given === undefined) return undefined
  if (given.trim() === '*') return '*'
  if (list.test(given)) return given.match(/(?:W\/)?"[^"]*"/g) ?? []
  const problem = 'must be an entity tag with its quotation marks, as ETag has it'
  throw platformError('validation_failed', { 'If-Match': [problem] }, `The header If-Match ${problem}.`)
}

/**
 * Compares what a change expects with what is there. Call it where the row is locked, so that nothing changes in between.
 *
 * @param etag of what is there; undefined where there is nothing
 * @param findLastChange is asked only where they differ
 * @throws changed_meanwhile - `details` has who changed it and when, as far as that is known, and the tag that it has now.
 */
export async function requireUnchanged(
  expected: Precondition,
  etag: string | undefined,
  findLastChange: () => Promise<LastChange | undefined>,
): Promise<void> {
  if (expected === undefined || (etag !== undefined && (expected === '*' || expected.includes(etag)))) return
  const last = await findLastChange()
  const details = { changed_by: last?.by ?? null, changed_at: last?.at.toISOString() ?? null, etag: etag ?? null }
  if (etag === undefined)
    throw preconditionError('changed_meanwhile', details, 'It is not there, or not any more, so nothing was changed. Read it again.')
  if (!last) throw preconditionError('changed_meanwhile', details)
  const at = details.changed_at?.slice(0, 19).replace('T', ' ')
  throw preconditionError(
    'changed_meanwhile',
    details,
    `${last.by} changed it at ${at} UTC, after you read it, so nothing was changed now. Read it again, then change what still applies.`,
  )
}
