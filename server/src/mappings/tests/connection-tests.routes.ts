import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import { principalFor, reachableOrganization } from '../../access/reach.ts'
import { getDefinition } from '../../definitions/definitions.ts'
import { getActiveOrganization } from '../../organizations/organizations.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import type { Route } from '../../platform/http/http.ts'
import { wireId } from '../../platform/http/text.ts'
import { asForMapping } from '../mapping-access.ts'
import { mappingFields, requireMappingSupport } from '../mapping-rules.ts'
import { contentOf, getMapping } from '../mappings.ts'
import { runConnectionTest } from './connection-tests.ts'

const testView = z
  .object({
    success: z.boolean(),
    message: z.string().describe('What the integration found; for a failure, with what to do about it.'),
    details: z
      .record(z.string(), z.unknown())
      .describe(
        'What the integration adds, with `execution_id` and, for a failure, `guidance`. `not_tested` where the test was not made, with the reason (`vendor_busy`, `no_worker`, `still_running`, `cancelled`, …): then `success` is false and nothing is said about the mapping.',
      ),
  })
  .meta({ id: 'ConnectionTest' })

const errors = ['organization_not_found', 'organization_inactive', 'integration_not_found', 'mapping_not_supported'] as const

/** Tests of connections: of a saved mapping, whose result is kept with it, and of one that is about to be saved. */
export function connectionTestRoutes(dependencies: { db: Database; notifications: Notifications }): Route[] {
  const { db } = dependencies
  return [
    definePrincipalRoute({
      method: 'POST',
      path: '/organizations/:orgId/integrations/:mappingId/test',
      operationId: 'testMapping',
      tag: 'Mappings',
      summary: "Test a mapping's connection",
      description: 'The result is kept on the mapping.',
      permission: 'canManageMappings',
      audit: { action: 'integration_mapping.tested' },
      params: z.object({ orgId: wireId, mappingId: wireId }),
      responses: { 200: testView },
      errors: [...errors, 'mapping_not_found'],
      async handler(request) {
        const principal = await asForMapping(db, request.principal, request.params)
        const organizationId = reachableOrganization(principal, request.params.orgId)
        const mapping = await getMapping(db, organizationId, request.params.mappingId)
        await getActiveOrganization(db, organizationId)
        const integration = await getDefinition(db, 'integration', mapping.integrationName)
        requireMappingSupport(integration)
        return {
          status: 200,
          body: await runConnectionTest(dependencies, {
            acting: actingOf(request),
            organizationId,
            integration,
            subject: mapping,
            signal: request.signal,
          }),
        }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/integrations/:name/test',
      operationId: 'testIntegration',
      tag: 'Integrations',
      summary: 'Test the connection of a mapping that is not saved yet',
      permission: 'canManageMappings',
      audit: { action: 'integration.tested' },
      params: z.object({ name: z.string() }),
      body: z.strictObject({
        org_id: wireId,
        external_org_id: mappingFields.external_org_id,
        external_org_name: mappingFields.external_org_name.nullish(),
        mapping_data: mappingFields.mapping_data.nullish(),
      }),
      responses: { 200: testView },
      errors,
      async handler(request) {
        const { body, params } = request
        const principal = principalFor(request.principal, { integration: params.name })
        const organizationId = reachableOrganization(principal, body.org_id)
        await getActiveOrganization(db, organizationId)
        const integration = await getDefinition(db, 'integration', params.name)
        const content = contentOf(integration, {
          integrationName: integration.name,
          externalOrgId: body.external_org_id,
          externalOrgName: body.external_org_name ?? undefined,
          mappingData: body.mapping_data ?? undefined,
        })
        const subject = { ...content, id: null }
        return {
          status: 200,
          body: await runConnectionTest(dependencies, {
            acting: actingOf(request),
            organizationId,
            integration,
            subject,
            signal: request.signal,
          }),
        }
      },
    }),
  ]
}
