import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { limitsIn, limitsOf } from './limits.ts'
import { listVendors, type VendorRow } from './vendors.queries.ts'

const limitView = z.union([
  z.object({
    requests: z.int(),
    per_ms: z.int(),
    window: z.enum(['sliding', 'fixed']),
    usable: z.int().describe('So many of `requests` are used at most; the rest is for the other users of the vendor.'),
    used: z.int().describe('What counts at this moment.'),
  }),
  z.object({ parallel: z.int(), used: z.int().describe('Places that workers hold at this moment.') }),
])

const vendorView = z
  .object({
    id: z.string(),
    integration_name: z.string().nullable().describe('Null where workflows call the host themselves.'),
    host: z.string(),
    org_id: z.uuid().nullable().describe('Whose credential it is; null where it is global.'),
    credential: z
      .object({
        keys: z.array(z.string()).describe('Of the secrets and config values that it is made of.'),
        tenant: z.string().nullable().describe('At the vendor.'),
        connection: z.string().nullable(),
        mapping_id: z.string().nullable().describe('The mapping whose connection it is.'),
      })
      .describe('What tells it from others: names, and never a value.'),
    limits: z.array(limitView),
    waiting: z.object({ people: z.int(), background: z.int() }).describe('Calls that wait for the budget.'),
    paused: z.object({ until: z.iso.datetime(), reason: z.string() }).nullable().describe('The vendor asked for a pause.'),
    down: z
      .object({
        until: z.iso.datetime(),
        reason: z.string(),
        organizations: z
          .int()
          .nullable()
          .describe('So many organizations wait, and others call it with that credential; null where nobody does.'),
      })
      .nullable()
      .describe('It is not called for now, since the last calls to it failed; `until` may be past: then one call tries it.'),
    last_used_at: z.iso.datetime().describe('To the minute.'),
  })
  .meta({ id: 'Vendor' })

/** How the budgets of vendors are. */
export function vendorRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/vendors',
      operationId: 'listVendors',
      tag: 'Integrations',
      summary: 'List the hosts that `context.http` calls, by credential: use, waiting calls, pauses',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ integration: z.string().max(50).optional().describe('The name of the integration.') }),
      responses: { 200: z.object({ vendors: z.array(vendorView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([z.string().max(100)]))
        const filter = { integration: query.integration, afterId, limit: query.limit + 1 }
        const page = pageOf(await listVendors(db, scopeOf(principal), filter), query.limit, (last) => [last.id])
        const vendors = page.items.map(viewOfVendor)
        return { status: 200, body: { vendors, count: vendors.length, next_cursor: page.nextCursor } }
      },
    }),
  ]
}

function viewOfVendor(row: VendorRow): z.input<typeof vendorView> {
  return {
    id: row.id,
    integration_name: row.integration,
    host: row.host,
    org_id: row.organization_id,
    credential: {
      keys: [...(row.named.keys ?? [])],
      tenant: row.named.tenant ?? null,
      connection: row.named.connection ?? null,
      mapping_id: row.named.mapping ?? null,
    },
    limits: limitsIn(row.declared).flatMap((spec): z.input<typeof limitView>[] => {
      if ('parallel' in spec) return [{ parallel: spec.parallel, used: row.under_way }]
      return limitsOf([spec]).windows.map(({ key, people, perMs, isFixed }) => ({
        requests: spec.requests,
        per_ms: perMs,
        window: isFixed ? ('fixed' as const) : ('sliding' as const),
        usable: people,
        used: row.spent[key] ?? 0,
      }))
    }),
    waiting: { people: row.people, background: row.background },
    paused: row.paused_until && { until: row.paused_until.toISOString(), reason: row.pause_reason ?? '' },
    down: row.down_until && { until: row.down_until.toISOString(), reason: row.down_reason ?? '', organizations: row.down_callers },
    last_used_at: row.used_at.toISOString(),
  }
}
