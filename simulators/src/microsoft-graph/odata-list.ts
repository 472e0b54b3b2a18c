import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import type { Page } from '../kit/pages.ts'
import { badRequest, contextOf, unsupportedQuery } from './graph-answers.ts'
import { type Entity, parseFilter } from './odata-filter.ts'

/** How one list of Graph behaves. */
export type ListRules = {
  /** As its context names it: `users`. */
  name: string
  /** What is answered without `$select`. Default: everything. */
  defaultFields?: readonly string[]
  /** Items a page without `$top`. */
  defaultTop: number
  /** A larger `$top` is refused. */
  maxTop: number
  /** Whether filters beyond equality need `ConsistencyLevel: eventual` and `$count=true`. */
  isDirectoryObject?: boolean
}

/** What answering a list needs of the simulator. */
export type ListDesk = {
  /** `http://127.0.0.1:port`: the beginning of next links and contexts. */
  origin: string
  /** The server gives no more a page, whatever was asked for. */
  maxPageSize: number
  cut: (request: VendorRequest, found: readonly Entity[], window: { start: number; size: number }) => Page<Entity>
}

const knownOptions = new Set(['$top', '$select', '$filter', '$count', '$search', '$orderby', '$skiptoken', '$expand'])

/** Answers a list: filtered, selected, and in pages with `@odata.nextLink`. */
export function listAnswer(request: VendorRequest, desk: ListDesk, all: readonly Entity[], rules: ListRules): VendorAnswer {
  const { query } = request
  const unknown = [...query.keys()].find((key) => !knownOptions.has(key))
  if (unknown !== undefined) return badRequest(`The query specified in the URI is not valid. The option '${unknown}' is not supported.`)
  const top = query.has('$top') ? Number(query.get('$top')) : rules.defaultTop
  if (query.has('$top') && (!Number.isInteger(top) || top < 1 || top > rules.maxTop)) {
    return badRequest(`Invalid page size specified: '${query.get('$top')}'. Must be between 1 and ${rules.maxTop} inclusive.`)
  }
  const isEventual = request.headers.consistencylevel === 'eventual'
  const counts = query.get('$count') === 'true'
  const filterText = query.get('$filter')
  const filter = filterText === null ? undefined : parseFilter(filterText)
  if (filterText !== null && filter === undefined) return badRequest(`Invalid filter clause: '${filterText}'.`)
  if (rules.isDirectoryObject && !isEventual && (counts || query.has('$search'))) {
    return unsupportedQuery(
      "Request with $search or $count query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    )
  }
  if (rules.isDirectoryObject && filter?.isAdvanced && !(isEventual && counts)) {
    return unsupportedQuery('Unsupported Query. Use ConsistencyLevel: eventual and $count=true.')
  }
  const searched = searchOf(query.get('$search'))
  const found = all.filter((entity) => (filter?.matches(entity) ?? true) && searched(entity))
  return page(request, desk, found, { rules, top, counts })
}

function page(
  request: VendorRequest,
  { origin, maxPageSize, cut }: ListDesk,
  found: readonly Entity[],
  { rules, top, counts }: { rules: ListRules; top: number; counts: boolean },
): VendorAnswer {
  const given = request.query.get('$skiptoken')
  const after = given === null ? undefined : readToken(given)
  if (given !== null && after === undefined) return graphTokenRefused()
  // By what came before and not by a position: what is removed meanwhile moves nobody out of the pages.
  const start = after === undefined ? 0 : positionAfter(found, after)
  const { items, total, next } = cut(request, found, { start, size: Math.min(top, maxPageSize) })
  const lastIds = next === null ? [] : found.slice(Math.max(0, next - rememberedIds), next).map(({ id }) => String(id))
  const fields = request.query.get('$select')?.split(',') ?? rules.defaultFields
  return answer(200, {
    '@odata.context': contextOf(origin, rules.name),
    ...(counts ? { '@odata.count': total } : {}),
    ...(next === null ? {} : { '@odata.nextLink': nextLink(request, origin, { lastIds, seen: next }) }),
    value: items.map((entity) => selected(entity, fields)),
  })
}

/** The ids that were given last: one of them is still there, whatever was removed meanwhile. */
type Position = { lastIds: string[]; seen: number }
const rememberedIds = 20

function positionAfter(found: readonly Entity[], { lastIds, seen }: Position): number {
  const known = new Set(lastIds)
  const index = found.findLastIndex(({ id }) => known.has(String(id)))
  return index >= 0 ? index + 1 : Math.max(0, seen - lastIds.length)
}

function nextLink(request: VendorRequest, origin: string, position: Position): string {
  const query = new URLSearchParams(request.query)
  query.set('$skiptoken', Buffer.from(JSON.stringify(position)).toString('base64url'))
  return `${origin}${request.path}?${query}`
}

function readToken(token: string): Position | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return typeof read === 'object' && read !== null && 'lastIds' in read && 'seen' in read ? (read as Position) : undefined // written by nextLink
  } catch {
    return undefined
  }
}

function graphTokenRefused(): VendorAnswer {
  return answer(400, {
    error: {
      code: 'Directory_ExpiredPageToken',
      message: 'The specified page token value has expired and can no longer be included in your request.',
    },
  })
}

/** `"displayName:smith"`: words that begin a property. */
function searchOf(text: string | null): (entity: Entity) => boolean {
  const match = /^"(\w+):(.*)"$/.exec(text ?? '')
  if (!match) return () => true
  const [, field = '', wanted = ''] = match
  const starts = (word: string) => word.startsWith(wanted.toLowerCase())
  return (entity) =>
    String(entity[field] ?? '')
      .toLowerCase()
      .split(/[\s@.]+/)
      .some(starts)
}

/** The entity with the fields that were asked for. `id` is always there where fields are the default. */
export function selected(entity: Entity, fields: readonly string[] | undefined): Entity {
  if (fields === undefined) return entity
  return Object.fromEntries(
    fields
      .map((field) => [field.trim(), entity[field.trim()]] as const)
      .flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

/** The fields that a request for one entity wants. */
export function selectedOf(request: VendorRequest, entity: Entity, defaultFields?: readonly string[]): Entity {
  return selected(entity, request.query.get('$select')?.split(',') ?? defaultFields)
}
