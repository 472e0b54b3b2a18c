import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { principalFor } from '../access/reach.ts'
import { executionStatuses } from '../engine/state/execution.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { Route } from '../platform/http/http.ts'
import { wireFlag, wireWholeNumberOr } from '../platform/http/text.ts'
import { DiscoveredLists } from './discovered-list.ts'
import { discover } from './discovery.ts'
import { externalOrganizationRoutes } from './external-organizations.routes.ts'
import { listOwner, whoseCredentials } from './list-owner.ts'

const listView = z
  .object({
    organizations: z
      .array(z.object({ id: z.string(), name: z.string(), metadata: z.record(z.string(), z.unknown()) }))
      .describe("In the vendor's order, without those that are gone."),
    cached_at: z.iso.datetime(),
    cache_expires_at: z.iso.datetime(),
    stale: z.boolean().describe('True if the list has expired and could not be refreshed.'),
    last_error: z
      .object({ error: z.string(), message: z.string(), at: z.iso.datetime() })
      .nullable()
      .describe('What went wrong after this list was made.'),
  })
  .meta({ id: 'DiscoveredOrganizations' })
const runningView = z.object({ execution_id: z.uuid(), status: z.enum(executionStatuses) }).meta({ id: 'DiscoveryRunning' })

/** `/api/integrations/{name}/discover` and what it has stored: which organizations the outside system has. */
export function discoveryRoutes(dependencies: { db: Database; notifications: Notifications }): Route[] {
  const lists = new DiscoveredLists(dependencies.db)
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name/discover',
      operationId: 'discoverOrganizations',
      tag: 'Integrations',
      summary: 'List the organizations of the outside system',
      description: 'Answers from the last list while that is fresh, and asks the vendor otherwise. Simultaneous calls share one run.',
      permission: 'canManageMappings',
      audit: { action: 'integration.discovered' },
      params: z.object({ name: z.string() }),
      query: z.object({
        orgId: whoseCredentials,
        refresh: wireFlag.default(false).describe('Asks the vendor, however fresh the list is.'),
        wait: wireWholeNumberOr(300, 0, 300).describe(
          'Seconds to wait for the vendor; 0 does not wait. When they are over the answer is 202.',
        ),
      }),
      responses: { 200: listView, 202: runningView, 304: null },
      errors: [
        'integration_not_found',
        'definition_not_loaded',
        'integration_switched_off',
        'discovery_not_supported',
        'discovery_failed',
        'organization_not_found',
        'organization_inactive',
      ],
      async handler(request) {
        const { params, query, headers, signal } = request
        const principal = principalFor(request.principal, { integration: params.name })
        const owner = listOwner(principal, query.orgId)
        const found = await discover(dependencies, {
          name: params.name,
          owner,
          acting: actingOf(request),
          refresh: query.refresh,
          waitMs: query.wait * 1_000,
          signal,
        })
        if (found.state === 'running') return { status: 202, body: { execution_id: found.executionId, status: found.status } }
        const { bytes, etag } = await lists.body(params.name, owner, found.list)
        return {
          reply: (reply) => {
            reply.header('etag', etag).header('cache-control', 'private, no-cache')
            if (headers['if-none-match'] === etag) return reply.code(304).send()
            return reply.header('content-type', 'application/json; charset=utf-8').send(bytes)
          },
        }
      },
    }),
    ...externalOrganizationRoutes(dependencies),
  ]
}
