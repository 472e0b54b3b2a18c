import { isRecord } from '../definition-checks.ts'
import type { HttpRequest, NextPage, QueryValues } from './options.ts'
import { VendorError } from './vendor-error.ts'

/** A page that came, and how far the list is with it. */
export type Page = {
  /** Where it was, without its query: what it has of the next address may be relative to that. */
  url: string
  json: unknown
  headers: Headers
  items: readonly unknown[]
  received: number
  pages: number
}

/** `mark` tells this place from every other of the list; a list that comes to one again has no end. */
export type PageRequest = { path: string; request: HttpRequest; mark: string }

/** What asks for the first page, or for the one after `page`; undefined where the vendor says that there is none. */
export function nextRequest(next: NextPage, path: string, request: HttpRequest, page: Page | undefined): PageRequest | undefined {
  const size = next.size ? { [next.size[0]]: next.size[1] } : {}
  const asked = (name: string, value: string | number, mark = String(value)): PageRequest =>
    withQuery(path, request, { ...size, [name]: value }, mark)
  if ('page' in next) {
    const number = (next.first ?? 1) + (page?.pages ?? 0)
    return asked(next.page, number)
  }
  // Counted by what came: a vendor may give fewer than it was asked for.
  if ('offset' in next) return asked(next.offset, page?.received ?? 0)
  if (page === undefined) return withQuery(path, request, size, '')
  if ('after' in next) {
    const last = idText(memberAt(page.items.at(-1), next.from ?? 'id'))
    if (last !== undefined) return asked(next.after, last)
    throw new VendorError(
      'invalid_response',
      `The last item of a page of ${path} has no ${next.from ?? 'id'}, by which the next page is found.`,
      {
        reason: 'no_id',
      },
    )
  }
  if ('cursor' in next) {
    const cursor = typeof next.from === 'string' ? memberAt(page.json, next.from) : page.headers.get(next.from.header)
    const text = idText(cursor)
    if (text !== undefined) return asked(next.cursor, text)
    return noneAfter(cursor, 'cursor', path)
  }
  const url = 'url' in next ? memberAt(page.json, next.url) : linkOf(page.headers.get('link'), next.link)
  if (typeof url !== 'string' || url === '') return noneAfter(url, 'address', path)
  const to = URL.parse(url, page.url)
  // Joined to the base it would be a path of the vendor's.
  if (to?.protocol !== 'https:' && to?.protocol !== 'http:') return noneAfter(url, 'address', path)
  // Verbatim: it holds the query already.
  const { query: _query, ...rest } = request
  return { path: to.href, request: rest, mark: url }
}

/** What says that the list has ended. Anything else is no end, and a list that stops there would lack the rest. */
function noneAfter(given: unknown, what: 'cursor' | 'address', path: string): undefined {
  if (given === undefined || given === null || given === '' || given === false) return undefined
  throw new VendorError(
    'invalid_response',
    `A page of ${path} says where the next one is by what is no ${what}. See what 'next' names there.`,
    {
      reason: 'no_next',
    },
  )
}

function withQuery(path: string, request: HttpRequest, more: QueryValues, mark: string): PageRequest {
  return { path, request: { ...request, query: { ...request.query, ...more } }, mark }
}

/** Numbers and text that are not empty. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is under a path of JSON, such as `data.items`. A key that has dots itself comes first. */
export function memberAt(json: unknown, path: string): unknown {
  if (!isRecord(json)) return undefined
  if (Object.hasOwn(json, path)) return json[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot)
    if (!Object.hasOwn(json, key)) continue
    const found = memberAt(json[key], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

const maxLinkChars = 16_384

/** A parameter: its name, and its value with or without quotes. */
const parameter = /;\s*([\w*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?/g
const link = /<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)/g

/** The address with that relation in a `Link` header (RFC 8288). */
export function linkOf(header: string | null, relation: string): string | undefined {
  const text = (header ?? '').slice(0, maxLinkChars).replace(/\s+/g, ' ')
  for (const [, url, parameters = ''] of text.matchAll(link)) {
    // Of several, the first one says it.
    const rel = [...parameters.matchAll(parameter)].find(([, name]) => name?.toLowerCase() === 'rel')
    const relations = (rel?.[2] ?? rel?.[3] ?? '').toLowerCase().split(/\s+/)
    if (relations.includes(relation.toLowerCase())) return url
  }
  return undefined
}
