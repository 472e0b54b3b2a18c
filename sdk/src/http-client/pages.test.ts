import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { z } from 'zod'
import { type JsonValue, type NextPage, type PagesOptions, VendorError } from '../index.ts'
import { answer, mockContext, simulateVendor, type VendorRequest } from '../testing.ts'
import { linkOf } from './next-page.ts'

const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: from + index }))
const all = ids(1, 7)
/** So many at most, whatever is asked for. */
const cap = 3

const vendor = await simulateVendor({
  'GET /by-number': ({ query }) => {
    const page = Number(query.get('page_no'))
    return { record_count: 7, organizations: all.slice((page - 1) * cap, page * cap) }
  },
  'GET /by-offset': ({ query }) => all.slice(Number(query.get('skip')), Number(query.get('skip')) + cap),
  'GET /by-cursor': ({ query }) => {
    const start = Number(query.get('page_token') ?? 0)
    return { items: all.slice(start, start + cap), pagination: { next_page_token: start + cap < 7 ? String(start + cap) : null } }
  },
  'GET /by-header': ({ query }) => {
    const start = Number(query.get('cursor') ?? 0)
    return answer(200, all.slice(start, start + cap), { 'x-total': '7', ...(start + cap < 7 ? { 'x-next': String(start + cap) } : {}) })
  },
  'GET /after': ({ query }) => all.filter(({ id }) => id > Number(query.get('after') ?? 0)).slice(0, cap),
  'GET /next-url': ({ query }) => {
    const start = Number(query.get('$skip') ?? 0)
    const next = start + cap < 7 ? { '@odata.nextLink': `${vendor.url}/next-url?$skip=${start + cap}` } : {}
    return { value: all.slice(start, start + cap), ...next }
  },
  'GET /link': ({ query }) => {
    const start = Number(query.get('from') ?? 0)
    const link = `<${vendor.url}/link?from=0>; rel="first"${start + cap < 7 ? `, </link?from=${start + cap}>; title="a, b"; rel="next last"` : ''}`
    return answer(200, all.slice(start, start + cap), { link })
  },
  'GET /v2/items': ({ query }) => (query.get('p') ? { items: ids(2, 1) } : { items: ids(1, 1), next: '?p=2' }),
  'GET /answers': ({ query }: VendorRequest) => answers[Number(query.get('page')) - 1] ?? { items: [], total: 0 },
  'GET /stands-still': { items: [], next: 'a' },
  'GET /elsewhere': { items: ids(1, 1), next: 'https://other.example/page/2' },
})
after(() => vendor.stop())
let answers: JsonValue[] = []

const http = () => mockContext().http({ baseUrl: vendor.url })

async function read(path: string, options: PagesOptions): Promise<{ pages: unknown[][]; error: VendorError | undefined }> {
  const pages: unknown[][] = []
  try {
    for await (const page of http().pages(path, options)) pages.push(page)
    return { pages, error: undefined }
  } catch (error) {
    assert.ok(error instanceof VendorError, String(error))
    return { pages, error }
  }
}

test('a list is read to its end, however it is cut into pages, and whatever fewer than asked for each has', async () => {
  const ways: [string, PagesOptions][] = [
    ['/by-number', { items: 'organizations', next: { page: 'page_no', size: ['page_size', 500] }, total: 'record_count' }],
    ['/by-number', { items: 'organizations', next: { page: 'page_no' } }],
    ['/by-offset', { next: { offset: 'skip', size: ['take', 100] } }],
    ['/by-cursor', { items: 'items', next: { cursor: 'page_token', from: 'pagination.next_page_token' } }],
    ['/by-header', { next: { cursor: 'cursor', from: { header: 'x-next' } }, total: { header: 'x-total' } }],
    ['/after', { next: { after: 'after', size: ['pageSize', 1000] } }],
    ['/next-url', { items: 'value', next: { url: '@odata.nextLink' } }],
    ['/link', { next: { link: 'next' } }],
  ]
  for (const [path, options] of ways) {
    const { pages, error } = await read(path, options)
    assert.equal(error, undefined, `${path}: ${error?.message}`)
    assert.deepEqual(pages, [ids(1, 3), ids(4, 3), ids(7, 1)], path)
  }
  assert.equal(vendor.requests[0]?.query.toString(), 'page_size=500&page_no=1')
})

test('an address of the next page that is relative is so to the page that has it', async () => {
  const client = mockContext().http({ baseUrl: `${vendor.url}/v2` })
  const pages = await Array.fromAsync(client.pages('/items', { items: 'items', next: { url: 'next' } }))
  assert.deepEqual(pages.flat(), ids(1, 2))
})

test('items are what a schema makes of them', async () => {
  const schema = z.object({ id: z.number().transform(String) })
  const pages = await Array.fromAsync(http().pages('/after', { next: { after: 'after' }, schema }))
  const names: string[] = pages.flat().map(({ id }) => id)
  assert.deepEqual(names, ['1', '2', '3', '4', '5', '6', '7'])
  const slow = z.object({ id: z.number().transform(async (id) => await Promise.resolve(id * 2)) })
  const waited = await Array.fromAsync(http().pages('/after', { next: { after: 'after' }, schema: slow }))
  assert.deepEqual(
    waited.flat().map(({ id }) => id),
    [2, 4, 6, 8, 10, 12, 14],
  )
  const wrong = await read('/after', { next: { after: 'after' }, schema: z.object({ id: z.string() }) } as PagesOptions)
  assert.match(wrong.error?.message ?? '', /of another form than expected: 0\.id: /)
})

test('a list that is not whole is an error after the pages that came, and says how many there were', async () => {
  const next: NextPage = { page: 'page' }
  const cases: [JsonValue[], string, number, number][] = [
    [[page(ids(1, 3), 9), page(ids(4, 3), 9), page([], 9)], 'fewer_than_declared', 2, 6],
    [[page(ids(1, 3), 9), page(ids(1, 3), 9)], 'page_repeated', 1, 3],
    [[page(ids(1, 3), 9), page(ids(3, 3), 9)], 'id_twice', 1, 3],
    [[page(ids(1, 3), 9), page(ids(4, 3), 8)], 'total_shrank', 1, 3],
  ]
  for (const [given, reason, pages, received] of cases) {
    answers = given
    const outcome = await read('/answers', { items: 'items', total: 'total', next })
    assert.deepEqual([outcome.error?.kind, outcome.error?.details.reason], ['incomplete', reason])
    assert.deepEqual([outcome.pages.length, outcome.error?.details.received, outcome.error?.details.declared], [pages, received, 9], reason)
  }
  answers = [page(ids(1, 3), 9), page(ids(3, 3), 9), page(ids(6, 3), 9)]
  assert.equal((await read('/answers', { items: 'items', total: 'total', next, id: false })).error, undefined)
})

test('a cursor that stands still ends, and a next page at another host is not asked for', async () => {
  const still = await read('/stands-still', { items: 'items', next: { cursor: 'c', from: 'next' } })
  assert.deepEqual([still.error?.kind, still.error?.details.reason], ['incomplete', 'cursor_stands_still'])
  const elsewhere = await read('/elsewhere', { items: 'items', next: { url: 'next' } })
  assert.equal(elsewhere.error?.kind, 'egress_refused')
  assert.equal(elsewhere.pages.length, 1)
})

test('what says where the next page is and is no cursor or address is an error, and not the end of the list', async () => {
  const ofNext = async (next: JsonValue, way: NextPage): Promise<unknown> => {
    answers = [{ items: ids(1, 1), next }]
    const { error } = await read('/answers?page=1', { items: 'items', next: way })
    return error?.details.reason ?? error?.kind
  }
  const cursor: NextPage = { cursor: 'c', from: 'next' }
  for (const none of [null, '', false]) assert.equal(await ofNext(none, cursor), undefined, String(none))
  for (const other of [{ after: 'x' }, ['x'], true]) assert.equal(await ofNext(other, cursor), 'no_next', JSON.stringify(other))
  const url: NextPage = { url: 'next' }
  for (const other of [{ href: '/x' }, 7, 'file:///etc/passwd', 'javascript:1', 'http://[bad'])
    assert.equal(await ofNext(other, url), 'no_next', JSON.stringify(other))
  const { port, host } = new URL(vendor.url)
  for (const elsewhere of [`http://127.0.0.1:${Number(port) + 1}/x`, `https://${host}/x`, '//other.example/x'])
    assert.equal(await ofNext(elsewhere, url), 'other_origin', elsewhere)
  assert.equal(await ofNext(`http://me:hush@${host}/x`, url), 'invalid_request')
})

test('of several links the one with the relation counts, whatever stands between quotes', () => {
  const links = (...given: string[]) => linkOf(given.join(', '), 'next')
  assert.equal(links('</1>; title="</x>; rel=next, \\"; rel=next"; rel=prev', '</2>; rel="last  NEXT"'), '/2')
  assert.equal(links('</1>; REL=next'), '/1')
  assert.equal(links('</1>; rel=prev; rel=next'), undefined)
  assert.equal(links('</a,b?c=d;e>; rev=next; rel=next;foo'), '/a,b?c=d;e')
})

test('a total that is text is read, and one that is no whole number is none', async () => {
  const total = async (given: JsonValue) => {
    answers = [{ items: ids(1, 2), total: given }]
    return (await read('/answers', { items: 'items', total: 'total', next: { page: 'page' } })).error?.details.reason
  }
  assert.deepEqual(
    [await total('2'), await total('2.5'), await total(-1), await total([2])],
    [undefined, 'no_total', 'no_total', 'no_total'],
  )
})

test('a page without its list or its total is invalid_response', async () => {
  answers = [{ error: 'none' }]
  assert.match((await read('/answers', { items: 'items', next: { page: 'page' } })).error?.message ?? '', /has no list under 'items'/)
  answers = [{ items: [] }]
  const options = { items: 'items', total: 'total', next: { page: 'page' } }
  assert.match((await read('/answers', options)).error?.message ?? '', /answered without a total under 'total'/)
})

function page(items: JsonValue, total: number): JsonValue {
  return { items, total }
}
