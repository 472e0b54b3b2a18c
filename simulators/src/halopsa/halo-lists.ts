import type { JsonObject } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import { wholeOf } from '../kit/pages.ts'
import type { VendorParts } from '../kit/vendor.ts'
import { badRequest } from './halo-refusals.ts'

const defaultPageSize = 50

/** One page as HaloPSA gives it: never more than the cap, whatever was asked for, and `record_count` for the whole list. */
export function haloPage(
  { page }: Pick<VendorParts<unknown>, 'page'>,
  request: VendorRequest,
  name: 'clients' | 'sites' | 'users' | 'assets' | 'tickets' | 'invoices',
  all: readonly JsonObject[],
  maxPageSize: number,
): VendorAnswer {
  if (request.query.get('pageinate') !== 'true') {
    const some = all.slice(0, wholeOf(request, 'count') ?? all.length)
    return answer(200, { record_count: all.length, [name]: [...some] })
  }
  const number = wholeOf(request, 'page_no') ?? 1
  const size = Math.min(wholeOf(request, 'page_size') ?? defaultPageSize, maxPageSize)
  if (number < 1 || size < 1) return badRequest('page_no and page_size must be greater than 0.')
  const { items, total } = page(request, all, { start: (number - 1) * size, size })
  return answer(200, { page_no: number, page_size: size, record_count: total, [name]: [...items] })
}

const searchableFields = new Set(['emailaddress', 'azureoid', 'name'])

/** Users by `search` (names and mail addresses, never object ids) and by `advanced_search` (a field, exactly). */
export function searchedUsers({ query }: VendorRequest, users: readonly JsonObject[]): readonly JsonObject[] | VendorAnswer {
  const advanced = query.get('advanced_search')
  if (advanced) {
    const filters = filtersOf(advanced)
    if (!filters?.every(({ name, type }) => type === 2 && searchableFields.has(name)))
      return badRequest('Invalid advanced search parameter')
    return users.filter((user) => filters.every(({ name, value }) => String(user[name]).toLowerCase() === value.toLowerCase()))
  }
  const search = query.get('search')?.toLowerCase()
  if (!search) return users
  return users.filter(({ name, emailaddress }) => `${name}\n${emailaddress}`.toLowerCase().includes(search))
}

function filtersOf(text: string): { name: string; type: number; value: string }[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!Array.isArray(parsed)) return undefined
    return parsed.map((filter: { filter_name?: unknown; filter_type?: unknown; filter_value?: unknown }) => ({
      name: String(filter.filter_name),
      type: Number(filter.filter_type),
      value: String(filter.filter_value),
    }))
  } catch {
    return undefined
  }
}
