import type { z } from 'zod'
import { parsedEach } from './answers.ts'
import type { Call } from './call.ts'
import type { NoteFailure } from './exchange.ts'
import { memberAt, nextRequest, type Page } from './next-page.ts'
import type { HttpRequest, PagesOptions } from './options.ts'
import { PageChecks } from './page-checks.ts'
import { VendorError } from './vendor-error.ts'

/** Gets one page: its JSON, and the headers beside it. */
export type GetPage = (path: string, request: HttpRequest) => Promise<Answer>

type Answer = { json: unknown; headers: Headers; call: Call; noteFailure: NoteFailure }

/** A list page by page, checked as a whole. @throws VendorError of the kind incomplete, after the pages that came */
export async function* pagesOf(
  get: GetPage,
  path: string,
  options: PagesOptions & { schema?: z.ZodType },
): AsyncGenerator<unknown[], void, undefined> {
  const { next, items: itemsAt, total: totalAt, id, schema, ...request } = options
  const checks = new PageChecks({ id, isEndToldByPage: 'cursor' in next || 'url' in next || 'link' in next })
  let at = nextRequest(next, path, request, undefined)
  while (at !== undefined) {
    const { json, headers, call, noteFailure } = await get(at.path, at.request)
    const { items, given } = await judged(noteFailure, async () => {
      const items = itemsOf(json, itemsAt, call)
      const total = totalOf(json, headers, totalAt, call)
      checks.take(items, total, call)
      return { items, given: schema && items.length > 0 ? await parsedEach(schema, items, call) : items }
    })
    if (items.length > 0) yield given
    at = await judged(noteFailure, async () => {
      const page: Page = { url: call.url, json, headers, items, received: checks.received, pages: checks.pages }
      const following = checks.isAll(page) ? undefined : nextRequest(next, path, request, page)
      if (following === undefined) checks.end(call)
      else checks.goOn(following.mark, call)
      return following
    })
  }
}

/** What is wrong with a page is a failure of its exchange. */
async function judged<Result>(noteFailure: NoteFailure, judge: () => Promise<Result>): Promise<Result> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof VendorError) noteFailure(error.kind)
    throw error
  }
}

function itemsOf(json: unknown, at: string | undefined, call: Call): unknown[] {
  const items = at === undefined ? json : memberAt(json, at)
  if (Array.isArray(items)) return items
  const where = at === undefined ? 'is no list' : `has no list under '${at}'`
  throw new VendorError('invalid_response', `${call.method} ${call.url} answered with JSON that ${where}.`, { ...call, reason: 'no_list' })
}

function totalOf(json: unknown, headers: Headers, at: PagesOptions['total'], call: Call): number | undefined {
  if (at === undefined) return undefined
  const given = typeof at === 'string' ? memberAt(json, at) : headers.get(at.header)
  const total = typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given)) ? Number(given) : Number.NaN
  if (Number.isSafeInteger(total) && total >= 0) return total
  const where = typeof at === 'string' ? `under '${at}'` : `in the header ${at.header}`
  throw new VendorError('invalid_response', `${call.method} ${call.url} answered without a total ${where}.`, {
    ...call,
    reason: 'no_total',
  })
}
