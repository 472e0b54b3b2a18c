import type { IncomingHttpHeaders } from 'node:http'
import { nearestName, unknownNameMessage } from '@crosswalk/sdk/nearest-name'
import { z } from 'zod'
import { type DomainError, platformError } from './errors.ts'
import { namesOf, type UnknownName, unknownNames } from './known-names.ts'

type Members = Record<string, unknown>
type Names = { params: Members; query: Members; body: unknown; headers: IncomingHttpHeaders }
type Schemas = { query?: z.ZodType | undefined; body?: z.ZodType | undefined }

const spellings = ['org_id', 'orgId'] as const
type Spelling = (typeof spellings)[number]
const header = 'X-Organization-Id'
const maxShown = 100

function isMembers(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

const shortened = (name: string) => (name.length > maxShown ? `${name.slice(0, maxShown)}…` : name)

function refuse(unknown: readonly UnknownName[], kind: 'parameter' | 'field'): DomainError {
  const details: Record<string, string[]> = Object.create(null)
  for (const { path, name, known } of unknown)
    details[name === '__proto__' ? kind : [...path, shortened(name)].join('.')] = [unknownNameMessage(kind, name, known)]
  const [{ path, name, known } = { path: [], name: '', known: [] }] = unknown
  const nearest = nearestName(name, known)
  const what = kind === 'parameter' ? 'query parameter' : 'field'
  const meant = nearest === undefined ? '' : ` Did you mean '${nearest}'?`
  const message = `This request has no ${what} '${[...path, shortened(name)].join('.')}'.${meant}`
  return platformError('validation_failed', details, unknown.length > 1 ? `${message} See details for all that are not known.` : message)
}

/** The organization is named by `org_id` or `orgId`, whichever the sender is used to: from here on it has the name that the schema has. */
function respell(members: Members, own: Spelling | undefined): void {
  if (own === undefined) return
  const other = own === 'org_id' ? 'orgId' : 'org_id'
  if (!Object.hasOwn(members, other)) return
  const value = members[other]
  if (members[own] === undefined) members[own] = value
  else if (!isSame(members[own], value)) throw conflict(own, other)
  delete members[other]
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || (typeof left === 'string' && typeof right === 'string' && left.toLowerCase() === right.toLowerCase())
}

function conflict(field: string, other: string): DomainError {
  return platformError(
    'validation_failed',
    { [field]: [`names another organization than ${other}`] },
    `${field} and ${other} name two different organizations. Give one of them.`,
  )
}

/** A query that is open for names that begin in one way takes no others: the schema's `meta` says how they begin. */
function withoutPrefix(schema: z.ZodType, query: Members): UnknownName[] {
  const prefix = schema.meta()?.namesBegin
  if (typeof prefix !== 'string') return []
  const known = namesOf(schema) ?? []
  return Object.keys(query).flatMap((name) => (known.includes(name) || name.startsWith(prefix) ? [] : [{ path: [], name, known }]))
}

const spellingIn = (names: readonly string[] | undefined): Spelling | undefined => spellings.find((spelling) => names?.includes(spelling))

/** @param problem behind the header's name */
export function notOneOrganization(problem: string): DomainError {
  return platformError('validation_failed', { [header]: [problem] }, `The header ${header} ${problem}.`)
}

/**
 * Settles the names of a request by the schemas of its route, before its values are looked at: an organization may be named by `org_id`,
 * `orgId` and the header, which must not disagree; whatever else the schemas do not know is refused, with the nearest name that they do.
 *
 * @throws validation_failed
 */
export function settleNames({ params, query, body, headers }: Names, schemas: Schemas): void {
  const queryNames = namesOf(schemas.query)
  const ofQuery = spellingIn(queryNames)
  respell(query, ofQuery)
  // Where the path names the organization, the query may say the same once more.
  for (const spelling of ofQuery === undefined && Object.hasOwn(params, 'orgId') ? spellings : []) {
    if (!Object.hasOwn(query, spelling)) continue
    if (!isSame(query[spelling], params.orgId)) throw conflict(spelling, 'the path')
    delete query[spelling]
  }
  const unknown = schemas.query
    ? [...unknownNames(schemas.query, query), ...withoutPrefix(schemas.query, query)]
    : Object.keys(query).map((name) => ({ path: [], name, known: [] }))
  if (unknown.length > 0) throw refuse(unknown, 'parameter')

  const ofBody = spellingIn(namesOf(schemas.body))
  if (isMembers(body)) {
    respell(body, ofBody)
    const members = schemas.body ? unknownNames(schemas.body, body) : Object.keys(body).map((name) => ({ path: [], name, known: [] }))
    if (members.length > 0) throw refuse(members, 'field')
  } else if (!schemas.body && body !== undefined && body !== null) {
    throw platformError('validation_failed', { body: ['must be left out'] }, 'This request takes no body. Leave it out.')
  }
  settleHeader({ params, query, body, headers }, { ofQuery, ofBody, hasScope: queryNames?.includes('scope') ?? false })
}

function settleHeader(
  { params, query, body, headers }: Names,
  { ofQuery, ofBody, hasScope }: { ofQuery: Spelling | undefined; ofBody: Spelling | undefined; hasScope: boolean },
): void {
  const acting = headers['x-organization-id']
  if (acting === undefined) return
  if (Object.hasOwn(params, 'orgId') && !isSame(acting, params.orgId)) throw conflict(header, 'the path')
  if (ofBody !== undefined && isMembers(body) && typeof body[ofBody] === 'string' && !isSame(acting, body[ofBody]))
    throw conflict(header, ofBody)
  if (ofQuery === undefined) return
  if (!z.uuid().safeParse(acting).success) throw notOneOrganization('must be the UUID of one organization')
  // Where the request says itself whether it means everybody's values or an organization's, the header does not choose.
  if (query[ofQuery] === undefined && !hasScope) query[ofQuery] = acting
  else if (query[ofQuery] !== undefined && !isSame(acting, query[ofQuery])) throw conflict(header, ofQuery)
}
