import type { JsonObject } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import type { Page } from '../kit/pages.ts'
import type { Roster } from '../kit/roster.ts'
import type { HuntressOrganization, HuntressState } from './huntress-state.ts'

const defaultLimit = 10
const maxLimit = 500

export type HuntressDesk = {
  state: HuntressState
  organizations: Roster<HuntressOrganization>
  page: <Item>(request: VendorRequest, all: readonly Item[], window: { start: number; size: number }) => Page<Item>
  /** The server gives no more a page, whatever was asked for. */
  maxPageSize: number
}

/** The routes of the slice that we need. */
export function huntressRoutes({ state, organizations, page, maxPageSize }: HuntressDesk): VendorRoutes {
  const isThere = (id: unknown) => !state.hidden.has(Number(id)) && organizations.find(Number(id)) !== undefined
  const visible = () => organizations.list().filter(({ id }) => isThere(id))
  const ofVisible = (items: Map<number, JsonObject>) => [...items.values()].filter(({ organization_id }) => isThere(organization_id))
  const list =
    (name: string, items: () => JsonObject[], sortFields: readonly string[], filters: readonly string[]) => (request: VendorRequest) =>
      listAnswer(request, { name, items: items(), sortFields, filters, maxPageSize, page })
  const one = (name: string, items: () => JsonObject[]) => (request: VendorRequest) => oneAnswer(request, name, items())
  const agents = () => ofVisible(state.agents)
  const incidents = () => ofVisible(state.incidents)
  const times = ['id', 'created_at', 'updated_at']
  return {
    'GET /v1/actor': () => answer(200, { account: state.account }),
    'GET /v1/account': () => answer(200, { account: state.account }),
    'GET /v1/organizations': list('organizations', visible, [...times, 'name', 'key'], ['name', 'key']),
    'GET /v1/organizations/:id': one('organization', visible),
    'GET /v1/agents': list('agents', agents, times, ['organization_id', 'platform', 'hostname', 'os', 'version']),
    'GET /v1/agents/:id': one('agent', agents),
    'GET /v1/incident_reports': list('incident_reports', incidents, times, [
      'organization_id',
      'agent_id',
      'status',
      'severity',
      'platform',
    ]),
    'GET /v1/incident_reports/:id': one('incident_report', incidents),
  }
}

function oneAnswer({ params }: VendorRequest, name: string, items: readonly JsonObject[]): VendorAnswer {
  if (!/^\d+$/.test(params.id ?? '')) return problem(400, 'id is invalid')
  const found = items.find(({ id }) => String(id) === params.id)
  return found ? answer(200, { [name]: found }) : problem(404, 'The requested resource could not be found')
}

type ListRules = { name: string; items: JsonObject[]; sortFields: readonly string[]; filters: readonly string[] } & Pick<
  HuntressDesk,
  'page' | 'maxPageSize'
>

function listAnswer(request: VendorRequest, { name, items, sortFields, filters, maxPageSize, page }: ListRules): VendorAnswer {
  const { query, headers, path } = request
  const limit = Number(query.get('limit') ?? defaultLimit)
  const field = query.get('sort_field') ?? 'id'
  const direction = query.get('sort_direction') ?? 'desc'
  const unknown = [...query.keys()].find((key) => !['limit', 'page_token', 'sort_field', 'sort_direction', ...filters].includes(key))
  if (unknown !== undefined) return problem(400, `${unknown} is not a known parameter`)
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) return problem(400, `limit must be between 1 and ${maxLimit}`)
  if (!sortFields.includes(field) || !['asc', 'desc'].includes(direction)) return problem(400, 'sort_field does not have a valid value')
  const wanted = items.filter((item) => filters.every((filter) => !query.has(filter) || String(item[filter]) === query.get(filter)))
  const sign = direction === 'asc' ? 1 : -1
  const sorted = wanted.sort((one, other) => sign * compared(one[field], other[field]))
  const start = startOf(sorted, query.get('page_token'), field === 'id' && direction === 'asc')
  if (start === undefined) return problem(400, 'page_token is invalid')
  const cut = page(request, sorted, { start, size: Math.min(limit, maxPageSize) })
  const before = cut.next === null ? undefined : sorted[cut.next - 1]
  if (cut.next === null || before === undefined) return answer(200, { [name]: [...cut.items], pagination: {} })
  const token = tokenOf({ offset: cut.next, lastId: Number(before.id) })
  const next = new URLSearchParams(query)
  next.set('page_token', token)
  return answer(200, {
    [name]: [...cut.items],
    pagination: { next_page_token: token, next_page_url: `http://${headers.host}${path}?${next}` },
  })
}

type Position = { offset: number; lastId: number }

function tokenOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Sorted by id upwards, a page begins behind the last id. In every other order by a position, which moves when something is added or removed. */
function startOf(sorted: readonly JsonObject[], token: string | null, isById: boolean): number | undefined {
  if (token === null) return 0
  try {
    const { offset, lastId }: Position = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!isById) return offset
    const index = sorted.findIndex(({ id }) => Number(id) > lastId)
    return index < 0 ? sorted.length : index
  } catch {
    return undefined
  }
}

function compared(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other))
}

/** As the vendor writes errors, as far as public clients show: the description has no schema for them. */
export function problem(status: number, message: string, headers: Record<string, string> = {}): VendorAnswer {
  return answer(status, { error: { code: status, message } }, headers)
}
