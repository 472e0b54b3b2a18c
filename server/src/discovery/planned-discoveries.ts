import type { Acting } from '../audit/audit.ts'
import { holdDefinition, isUsable, listDefinitions } from '../definitions/definitions.ts'
import { submitExecution } from '../engine/state/executions.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { isDatabaseAway, isRolledBack, isTooSlow } from '../platform/database/outages.ts'
import { newId } from '../platform/ids.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { insertRun } from './discovery.queries.ts'
import { deletePlanned, insertPlanned, takePlanned } from './planned-discoveries.queries.ts'

export { deleteAllPlanned, findNextPlanned } from './planned-discoveries.queries.ts'

/** The discoveries of a day begin within this time, each at a moment of its own, so that not all vendors are asked at once. */
export const spreadSeconds = 4 * 3_600

/**
 * Plans a discovery for each integration that lists organizations and has its credentials set, globally or by an organization for itself.
 *
 * @param transaction across all organizations
 * @returns how many are planned
 */
export async function planDiscoveries(transaction: Transaction, when: { from: Date; spreadSeconds: number }): Promise<number> {
  let planned = 0
  for (const integration of await listDefinitions(transaction, 'integration')) {
    if (!integration.supportsDiscovery || !isUsable(integration)) continue
    planned += await insertPlanned(transaction, integration, when)
  }
  return planned
}

export type Begun = {
  integrationName: string
  owner: ValueOwner /** Null where there was nothing to begin. */
  executionId: string | null
  error: Error | null
}

const acting: Acting = { actor: { type: 'system', id: 'schedule', name: 'Schedule of discover_all' }, requestId: null }

/**
 * Begins the discovery that has been planned for longest: once, however many workers try. One that cannot be begun is left out until the
 * next day.
 *
 * @returns undefined where nothing is due, or others are at it
 */
export async function beginPlanned(db: Database, now: Date): Promise<Begun | undefined> {
  let taken: { integrationName: string; owner: ValueOwner } | undefined
  try {
    return await inScope(db, 'allOrganizations', async (transaction) => {
      const row = await takePlanned(transaction, now)
      if (!row) return undefined
      taken = { integrationName: row.integration_name, owner: row.organization_id }
      const executionId = row.is_active && !row.is_running ? await begin(transaction, taken) : null
      return { ...taken, executionId, error: null }
    })
  } catch (error) {
    if (!taken || isDatabaseAway(error) || isTooSlow(error) || isRolledBack(error)) throw error
    const { integrationName, owner } = taken
    await inScope(db, 'allOrganizations', (transaction) => deletePlanned(transaction, integrationName, owner))
    return { integrationName, owner, executionId: null, error: error as Error }
  }
}

async function begin(
  transaction: Transaction,
  { integrationName, owner }: { integrationName: string; owner: ValueOwner },
): Promise<string | null> {
  const definition = await holdDefinition(transaction, 'integration', integrationName)
  if (!definition?.supportsDiscovery || !isUsable(definition)) return null
  const { id: executionId } = await submitExecution(transaction, {
    organizationId: owner,
    kind: 'discovery',
    name: integrationName,
    input: {},
    timeoutMs: definition.discoveryTimeoutMs,
    acting,
    isInteractive: false,
  })
  await insertRun(transaction, { id: newId(), integrationName, owner, executionId })
  return executionId
}
