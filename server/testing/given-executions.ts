import { systemActing } from '../src/audit/audit.ts'
import type { Claim } from '../src/engine/host.queries.ts'
import type { Submission } from '../src/engine/state/execution.ts'
import { submitAlone } from '../src/engine/state/executions.ts'
import { type Database, readInScope, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'

/** Asks for a workflow in the background, as the platform itself, with two minutes for it. Returns the execution's id. */
export async function givenSubmitted(
  db: Database,
  organizationId: string | null,
  name: string,
  parameters: JsonObject = {},
  more: Partial<Submission> = {},
): Promise<string> {
  const submission = { organizationId, kind: 'workflow', name, input: { parameters }, timeoutMs: 120_000, acting: systemActing } as const
  const { id } = await submitAlone(db, { ...submission, isInteractive: false, ...more })
  return id
}

/** An execution in the hands of a worker, under its first claim. Nothing runs it. */
export async function givenHeld(db: Database, organizationId: string, workerId: string, more: Partial<Submission> = {}): Promise<Claim> {
  const executionId = await givenSubmitted(db, organizationId, 'any', {}, more)
  await readInScope(
    db,
    'allOrganizations',
    sql`update executions set status = 'running', worker_id = ${workerId}, claim = 1, started_at = now() where id = ${executionId}`,
  )
  return { executionId, workerId, claim: 1 }
}
