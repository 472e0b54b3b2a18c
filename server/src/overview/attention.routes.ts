import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { failureKindOf, guidanceFor } from '../engine/failures/guidance.ts'
import { executionSummaryView, viewOfSummary } from '../history/execution-view.ts'
import { findRelatedNames, type RelatedNames } from '../history/related-names.ts'
import { countedTo } from '../mapping-lists/mapping-filter.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { type AttentionNeeded, findAttention } from './attention.ts'

const mappings = z
  .int()
  .nullable()
  .describe('So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings.')
const attentionView = z
  .object({
    failing_test: mappings,
    needs_repair: mappings,
    gone: mappings,
    renamed: mappings,
    never_tested: mappings,
    missing_credentials: z
      .array(
        z.object({
          integration_name: z.string(),
          display_name: z.string(),
          missing: z.array(z.object({ kind: z.enum(['secret', 'config']), key: z.string(), label: z.string() })),
        }),
      )
      .describe(
        'Integrations with a required key that has no global value and that some organization needs, by name. None without the permission canViewMappings.',
      ),
    failed_executions: z
      .object({ count: z.int(), newest: z.array(executionSummaryView) })
      .nullable()
      .describe(
        'Workflows that failed in the last 24 hours and were not tried again; `GET /api/executions?attention=failed` lists them. Null without the permission canViewExecutions.',
      ),
    failed_discoveries: z
      .array(
        z.object({
          integration_name: z.string(),
          display_name: z.string(),
          execution_id: z.uuid(),
          failed_at: z.iso.datetime(),
          error: z.object({ type: z.string(), message: z.string() }),
          guidance: z.string().nullable().describe('What to do about it, where that is known.'),
          failure_kind: z.string().nullable().describe('As `credentials`, where that is known.'),
        }),
      )
      .describe(
        'Integrations whose newest discovery with the global credentials failed, by name. None without the permission canViewMappings for all organizations.',
      ),
    expiring_secrets: z
      .array(z.object({ key: z.string(), org_id: z.uuid().nullable(), org_name: z.string().nullable(), expires_at: z.iso.datetime() }))
      .describe('Secrets that you may manage and that expire within 14 days, or have expired: at most 20, the first first.'),
    approvals: z
      .object({
        for_you: z.int().describe('Open ones that you may decide, of the newest 200.'),
        undecidable: z
          .array(z.object({ id: z.uuid(), execution_id: z.uuid(), org_id: z.uuid(), title: z.string(), expires_at: z.iso.datetime() }))
          .describe('Open ones that no person may decide now, as after somebody left who alone was asked: at most 5, newest first.'),
      })
      .nullable()
      .describe('What workflows ask of people. Null without the permission canApprove.'),
    counted_to: z.int().describe('A number that has reached this may be larger.'),
  })
  .meta({ id: 'Attention' })

function viewOf({ mappings, failures, expiring, approvals }: AttentionNeeded, relatedNames: RelatedNames): z.input<typeof attentionView> {
  const { counts, integrations = [], discoveries = [] } = mappings ?? {}
  return {
    ...(counts ?? { failing_test: null, needs_repair: null, gone: null, renamed: null, never_tested: null }),
    missing_credentials: integrations.map(({ integration, missing }) => ({
      integration_name: integration.name,
      display_name: integration.displayName,
      missing: missing.map(({ kind, key, label }) => ({ kind, key, label })),
    })),
    failed_executions:
      failures === undefined
        ? null
        : { count: failures.count, newest: failures.newest.map((execution) => viewOfSummary(execution, relatedNames)) },
    failed_discoveries: discoveries.map(({ integration, run }) => ({
      integration_name: integration.name,
      display_name: integration.displayName,
      execution_id: run.execution_id,
      failed_at: run.ended_at.toISOString(),
      error: { type: run.error.type, message: run.error.message },
      guidance: guidanceFor(run.error, integration, 'list') ?? null,
      failure_kind: failureKindOf(run.error) ?? null,
    })),
    expiring_secrets: expiring.map(({ key, organization_id, organization_name, expires_at }) => ({
      key,
      org_id: organization_id,
      org_name: organization_name,
      expires_at: expires_at.toISOString(),
    })),
    approvals: approvals
      ? {
          for_you: approvals.forYou,
          undecidable: approvals.undecidable.map(({ id, executionId, organizationId, title, expiresAt }) => ({
            id,
            execution_id: executionId,
            org_id: organizationId,
            title,
            expires_at: expiresAt.toISOString(),
          })),
        }
      : null,
    counted_to: countedTo,
  }
}

/** `GET /api/attention`: what needs an administrator, in numbers. */
export function attentionRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/attention',
      operationId: 'getAttention',
      tag: 'Mappings',
      summary: 'Count what needs attention across organizations',
      description:
        'A deactivated organization needs none. Each entry is shown by the permission that it needs itself: canViewMappings, canViewExecutions, canManageSecrets or canApprove. Without any of them this is refused, and to a customer’s user, whose approvals `GET /api/approvals` has.',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      responses: { 200: attentionView },
      errors: [],
      async handler({ principal }) {
        const needed = await findAttention(db, principal)
        return { status: 200, body: viewOf(needed, await findRelatedNames(db, principal, needed.failures?.newest ?? [])) }
      },
    }),
  ]
}
