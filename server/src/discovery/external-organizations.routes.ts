import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { principalFor } from '../access/reach.ts'
import { getDefinition } from '../definitions/definitions.ts'
import { getOrganization } from '../organizations/organizations.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { listRunRows, type RunRow } from './discovery.queries.ts'
import { domainsOf } from './domains-of.ts'
import { type ExternalOrganizationRow, searchExternalOrganizations } from './external-organizations.queries.ts'
import { listOwner, whoseCredentials } from './list-owner.ts'

const externalOrganizationView = z
  .object({
    id: z.string(),
    name: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    domains: z
      .array(z.string())
      .describe('Those that its metadata names, as a domain, an e-mail address or a web address; free mail aside.'),
    first_seen_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime(),
    gone_at: z.iso.datetime().nullable().describe('When a complete list did not have it any more.'),
    previous_names: z.array(z.object({ name: z.string(), until: z.iso.datetime({ offset: true }) })).describe('Oldest first.'),
    mapped: z
      .object({ org_id: z.uuid(), org_name: z.string(), mapping_id: z.uuid() })
      .nullable()
      .describe('Which organization is mapped to it, among those within reach.'),
  })
  .meta({ id: 'ExternalOrganization' })

function viewOf(row: ExternalOrganizationRow): z.input<typeof externalOrganizationView> {
  const { mapping_id, mapped_id, mapped_name } = row
  return {
    id: row.external_org_id,
    name: row.name,
    metadata: row.metadata,
    domains: domainsOf(row.metadata),
    first_seen_at: row.first_seen_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    gone_at: row.gone_at?.toISOString() ?? null,
    previous_names: row.previous_names.map(({ name, until }) => ({ name, until: new Date(until).toISOString() })),
    mapped:
      mapping_id === null || mapped_id === null || mapped_name === null ? null : { org_id: mapped_id, org_name: mapped_name, mapping_id },
  }
}

const runView = z
  .object({
    id: z.uuid(),
    execution_id: z.uuid(),
    status: z.enum(['running', 'success', 'failed']),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    organization_count: z.int().describe('How many it has seen; known when it has ended.'),
    error: z.object({ type: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'DiscoveryRun' })

function runViewOf(row: RunRow): z.input<typeof runView> {
  return {
    id: row.id,
    execution_id: row.execution_id,
    status: row.ended_at === null ? 'running' : row.is_success ? 'success' : 'failed',
    started_at: row.started_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    organization_count: row.organization_count,
    error: row.error && { type: row.error.type, message: row.error.message },
  }
}

const params = z.object({ name: z.string() })
const afterName = z.tuple([z.string().regex(/^[^\0]*$/), z.string().regex(/^[^\0]*$/)])

/** @throws integration_not_found, organization_not_found */
async function requireBoth(db: Database, name: string, owner: ValueOwner): Promise<void> {
  await Promise.all([getDefinition(db, 'integration', name), owner === null ? undefined : getOrganization(db, owner)])
}

/** What discovery has stored: the external organizations with their history and holders, and the runs. */
export function externalOrganizationRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name/external-organizations',
      operationId: 'listExternalOrganizations',
      tag: 'Integrations',
      summary: 'Search the external organizations that were discovered, by name',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      params,
      query: pageQuery.extend({
        orgId: whoseCredentials,
        search: lineOfText(200).optional().describe('Part of the name or the id.'),
        mapped: wireFlag.optional().describe('True lists only those that an organization is mapped to, false only those that none is.'),
        gone: wireFlag.default(false).describe('True lists only those that the vendor has no more, false only those that it has.'),
      }),
      responses: {
        200: z.object({ external_organizations: z.array(externalOrganizationView), count: z.int(), next_cursor: z.string().nullable() }),
      },
      errors: ['integration_not_found', 'organization_not_found'],
      async handler({ params, query, principal: asking }) {
        const principal = principalFor(asking, { integration: params.name })
        const owner = listOwner(principal, query.orgId)
        await requireBoth(db, params.name, owner)
        const rows = await searchExternalOrganizations(db, scopeOf(principal), params.name, owner, {
          search: query.search,
          isGone: query.gone,
          isMapped: query.mapped,
          after: query.cursor === undefined ? undefined : parseCursor(query.cursor, afterName),
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.sort_name, last.external_org_id])
        return {
          status: 200,
          body: { external_organizations: page.items.map(viewOf), count: page.items.length, next_cursor: page.nextCursor },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name/discovery-runs',
      operationId: 'listDiscoveryRuns',
      tag: 'Integrations',
      summary: 'List the last runs of discovery, newest first',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      params,
      query: pageQuery.extend({ orgId: whoseCredentials }),
      responses: { 200: z.object({ runs: z.array(runView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['integration_not_found', 'organization_not_found'],
      async handler({ params, query, principal: asking }) {
        const principal = principalFor(asking, { integration: params.name })
        const owner = listOwner(principal, query.orgId)
        await requireBoth(db, params.name, owner)
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const rows = await listRunRows(db, params.name, owner, { beforeId, limit: query.limit + 1 })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        return { status: 200, body: { runs: page.items.map(runViewOf), count: page.items.length, next_cursor: page.nextCursor } }
      },
    }),
  ]
}
