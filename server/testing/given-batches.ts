import { systemActing } from '../src/audit/audit.ts'
import { expandChunk } from '../src/batches/expansion.ts'
import type { ExecutionRow } from '../src/engine/state/executions.queries.ts'
import { executionOf } from '../src/engine/state/executions.ts'
import type { Outcome } from '../src/engine/state/requests.ts'
import { connectionTestEnd } from '../src/mappings/mappings.durable.ts'
import { createMapping } from '../src/mappings/mappings.ts'
import type { Organization } from '../src/organizations/organizations.ts'
import { type Database, inScope, readInScope, sql } from '../src/platform/database/database.ts'
import {
  type Answer,
  endExecution,
  givenApi,
  givenPublished,
  integrationDefinition,
  succeeded,
  workflowDefinition,
} from './given-definitions.ts'
import { givenOrganization } from './given-installation.ts'

/** Submits all that is left of a batch. */
export async function expand(db: Database, batchId: string): Promise<void> {
  while ((await expandChunk(db, batchId)) === 'more');
}

/** With what the lanes of workers go by. */
type WaitingRow = ExecutionRow & { priority: number }

/** Takes what waits, as a worker does, and ends it. Returns for which organizations. */
export async function workOff(db: Database, outcomeOf: (row: WaitingRow) => Outcome = () => succeeded({ done: true })): Promise<string[]> {
  const rows = await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<WaitingRow>(
      sql`update executions set status = 'running', started_at = clock_timestamp() where status = 'pending' returning *`,
    ),
  )
  for (const row of rows) await endExecution(db, [connectionTestEnd], executionOf(row), outcomeOf(row))
  return rows.map((row) => String(row.organization_id))
}

/** The API with a workflow, an integration, and organizations of these names; each whose name ends with an asterisk is mapped. */
export async function givenOrganizations<Name extends string>(...names: Name[]) {
  const api = await givenApi()
  await givenPublished(api.db, workflowDefinition('sync_users', { timeoutMs: 7_000 }), integrationDefinition('halo'))
  const organizations = {} as Record<Name, Organization>
  for (const [index, name] of names.entries()) {
    organizations[name] = await givenOrganization(api.db, name)
    if (!name.endsWith('*')) continue
    const draft = { integrationName: 'halo', externalOrgId: String(index), externalOrgName: undefined, mappingData: {} }
    await createMapping(api.db, systemActing, organizations[name].id, draft)
  }
  const run = (selection: unknown, more: object = {}): Promise<Answer> =>
    api.send('POST', '/workflows/execute', { workflow_name: 'sync_users', organizations: selection, ...more })
  return {
    ...api,
    organizations,
    run,
    /** Makes a batch and submits all of it. */
    async submitted(selection: unknown = 'all'): Promise<string> {
      const { body } = await run(selection)
      await expand(api.db, body.batch_id)
      return body.batch_id
    },
    async names(batchId: string): Promise<Record<string, string>> {
      const { body } = await api.send('GET', `/batches/${batchId}/executions?limit=200`)
      return Object.fromEntries(body.executions.map((item: { org_name: string; status: string }) => [item.org_name, item.status]))
    },
    counts: async (batchId: string) => (await api.send('GET', `/batches/${batchId}`)).body,
    audited: async () =>
      (
        await readInScope<{ action: string }>(
          api.db,
          'allOrganizations',
          sql`select action from audit_events where action like 'batch.%' or action like 'schedule.%' order by id`,
        )
      ).map(({ action }) => action),
  }
}
