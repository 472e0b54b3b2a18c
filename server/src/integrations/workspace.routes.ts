import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import { getWorkspaceState, removeMissing, type WorkspaceState } from '../definitions/missing-definitions.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'

const kind = z.enum(['integration', 'workflow', 'data_provider'])

const workspaceView = z
  .object({
    loaded: z.int().describe('Integrations, workflows and data providers that load.'),
    problems: z.array(
      z.object({
        kind,
        file: z.string(),
        reason: z.string(),
        since: z.iso.datetime(),
        is_warning: z.boolean().describe('True where all that the file defines is published in spite of it.'),
      }),
    ),
    not_loaded: z
      .array(
        z.object({
          kind,
          name: z.string(),
          file: z.string(),
          since: z.iso.datetime(),
          reason: z.string().nullable().describe('What is wrong with its file; null where the file loads without it, or is gone.'),
        }),
      )
      .describe(
        'What was published and does not load any more. It is kept, and cannot be run, until it loads or its removal is confirmed.',
      ),
  })
  .meta({ id: 'Workspace' })

function viewOf({ loaded, problems, missing }: WorkspaceState): z.input<typeof workspaceView> {
  return {
    loaded,
    problems: problems.map(({ isWarning, since, ...same }) => ({ ...same, since: since.toISOString(), is_warning: isWarning })),
    not_loaded: missing.map(({ since, ...same }) => ({ ...same, since: since.toISOString() })),
  }
}

/** `/api/workspace`: what of the author's folder loads, and what does not. */
export function workspaceRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/workspace',
      operationId: 'getWorkspace',
      tag: 'Workspace',
      summary: 'See what of the workspace loads, what does not, and since when',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      responses: { 200: workspaceView },
      errors: [],
      async handler() {
        return { status: 200, body: viewOf(await getWorkspaceState(db)) }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/workspace/:kind/:name',
      operationId: 'removeDefinition',
      tag: 'Workspace',
      summary: 'Confirm that a definition that does not load any more is gone',
      description: 'Its schedule goes with it. Its executions, and the mappings of an integration, stay.',
      permission: 'canManageConfig',
      audit: { action: 'definition.removed' },
      params: z.object({ kind, name: z.string() }),
      responses: { 204: null },
      errors: ['definition_loaded', 'integration_not_found', 'workflow_not_found', 'data_provider_not_found'],
      async handler({ params, ...request }) {
        requireAllOrganizations(request.principal, 'A definition is there for all organizations; you may act for some.')
        await removeMissing(db, actingOf(request), params.kind, params.name)
        return { status: 204 }
      },
    }),
  ]
}
