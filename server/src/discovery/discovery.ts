import { namePattern } from '@crosswalk/sdk/definition-checks'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { definitionNotFound, getDefinition, type IntegrationDefinition, requireLoaded } from '../definitions/definitions.ts'
import { guidanceFor } from '../engine/failures/guidance.ts'
import {
  type Execution,
  type ExecutionError,
  type ExecutionStatus,
  executionError,
  hasEnded,
  submitExecution,
  waitForExecution,
} from '../engine/state/executions.ts'
import { inactiveOrganization, organizationError } from '../organizations/organizations.ts'
import { type Database, inScope, isUniqueViolation } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type ValueOwner, writingScope } from '../values/value-scope.ts'
import { closeRunAsFailed, type DiscoveryStateRow, findDiscoveryState, insertRun, lockOpenRun } from './discovery.queries.ts'

export { listPresentOrganizations } from './external-organizations.queries.ts'

export const discoveryError = defineErrors({
  discovery_not_supported: { status: 400, message: 'This integration cannot list its organizations. Type the external id instead.' },
  discovery_failed: { status: 502, message: 'The external organizations could not be listed. See details for the reason.' },
  discovery_running: { status: 409, message: 'Another discovery with the same credentials is under way, or this one has ended already.' },
})

/** The last good list: which run it is of, how old it is, and what went wrong since. */
export type KnownList = {
  runId: string
  cachedAt: Date
  expiresAt: Date
  /** True where it should have been refreshed, and that failed. */
  isStale: boolean
  lastError: { runId: string; message: string; at: Date } | null
}

export type Discovered = { state: 'listed'; list: KnownList } | { state: 'running'; executionId: string; status: ExecutionStatus }

type State = DiscoveryStateRow & { definition: IntegrationDefinition }
type Asked = {
  name: string
  /** Whose credentials: an organization's, or with null the global ones. */
  owner: ValueOwner
  acting: Acting
  /** Asks the vendor, however fresh the list is. */
  refresh: boolean
  /** 0 does not wait. */
  waitMs: number
  signal: AbortSignal
}
type Dependencies = { db: Database; notifications: Notifications }

/**
 * The external organizations of an integration: those that are known while they are fresh, else those that the vendor lists now.
 * Simultaneous calls share one run. A failed run takes nothing from the last good list.
 *
 * @throws discovery_failed - the vendor could not be asked, and there is no list or a refresh was wanted.
 * @throws integration_not_found, definition_not_loaded, discovery_not_supported, organization_not_found, organization_inactive
 */
export async function discover(dependencies: Dependencies, asked: Asked): Promise<Discovered> {
  const { db } = dependencies
  const { name, owner } = asked
  const before = await getState(db, name, owner)
  if (!asked.refresh && before.is_fresh) return { state: 'listed', list: knownList(before) }
  const executionId = before.running_execution_id ?? (await startRun(db, before, asked))
  const execution = await waitForRun(dependencies, asked, executionId)
  // The run belonged to an execution that is not there any more: it is closed now, and the next one can begin.
  if (!execution) return discover(dependencies, asked)
  if (!hasEnded(execution)) return { state: 'running', executionId, status: execution.status }
  await closeLeftOpen(db, owner, execution)
  const after = await getState(db, name, owner)
  const hasSucceeded = execution.status === 'success'
  if (after.good_run_id !== null && (hasSucceeded || !asked.refresh)) return { state: 'listed', list: knownList(after) }
  throw discoveryFailed(after.definition, execution.error ?? after.last_error ?? endedWithout(execution), executionId)
}

/**
 * The last good list of an integration, if there is any, without asking the vendor however old it is.
 *
 * @throws integration_not_found, discovery_not_supported, organization_not_found
 */
export async function findKnownList(
  db: Database,
  name: string,
  owner: ValueOwner,
): Promise<{ integration: IntegrationDefinition; list: KnownList | undefined }> {
  const state = await getState(db, name, owner)
  return { integration: state.definition, list: state.good_run_id === null ? undefined : knownList(state) }
}

async function getState(db: Database, name: string, owner: ValueOwner): Promise<State> {
  const state = namePattern.test(name) ? await findDiscoveryState(db, name, owner) : undefined
  if (!state?.definition) throw await definitionNotFound(db, 'integration', name)
  if (owner !== null && state.organization_name === null) throw organizationError('organization_not_found', { org_id: owner })
  const { definition_missing_since: missingSince } = state
  const definition = missingSince === null ? state.definition : { ...state.definition, missingSince }
  if (!definition.supportsDiscovery) {
    throw discoveryError(
      'discovery_not_supported',
      { integration_name: name },
      `The integration '${definition.displayName}' cannot list its organizations. Type the external id instead.`,
    )
  }
  return { ...state, definition }
}

function knownList(state: State): KnownList {
  const { good_run_id, cached_at, expires_at, last_run_id, last_error, last_ended_at } = state
  if (good_run_id === null || cached_at === null || expires_at === null) throw new TypeError('There is no good run.')
  const hasFailedSince = last_run_id !== null && last_run_id !== good_run_id && last_error !== null && last_ended_at !== null
  return {
    runId: good_run_id,
    cachedAt: cached_at,
    expiresAt: expires_at,
    isStale: hasFailedSince && !state.is_fresh,
    lastError: hasFailedSince ? { runId: last_run_id, message: sentencesOf(state.definition, last_error), at: last_ended_at } : null,
  }
}

/** Starts a run, or joins the one that another call has just started. @throws organization_inactive, definition_not_loaded */
async function startRun(db: Database, state: State, { name, owner, acting }: Pick<Asked, 'name' | 'owner' | 'acting'>): Promise<string> {
  requireLoaded(state.definition)
  requireLoaded(await getDefinition(db, 'integration', name)) // which knows whether it is switched off
  if (owner !== null && !state.organization_is_active) throw inactiveOrganization({ id: owner, name: state.organization_name ?? '' })
  try {
    return await inScope(db, writingScope(owner), async (transaction) => {
      const submission = {
        organizationId: owner,
        kind: 'discovery',
        name,
        input: {},
        timeoutMs: state.definition.discoveryTimeoutMs,
        acting,
        isInteractive: true,
      } as const
      const { id } = await submitExecution(transaction, submission)
      await insertRun(transaction, { id: newId(), integrationName: name, owner, executionId: id })
      await recordAudit(transaction, acting, {
        action: 'integration.discovered',
        organizationId: owner,
        target: { type: 'integration', id: name, name: state.definition.displayName, execution_id: id },
        changes: {},
      })
      return id
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'discovery_runs_one_at_a_time')) throw error
    const now = await getState(db, name, owner)
    return now.running_execution_id ?? startRun(db, now, { name, owner, acting })
  }
}

/** @returns undefined if the execution is not there any more */
async function waitForRun(
  dependencies: Dependencies,
  { owner, waitMs, signal }: Asked,
  executionId: string,
): Promise<Execution | undefined> {
  try {
    return await waitForExecution(dependencies, writingScope(owner), executionId, waitMs, signal)
  } catch (error) {
    if (!executionError.is(error, 'execution_not_found')) throw error
    await closeRun(dependencies.db, owner, executionId, {
      type: 'Lost',
      message: 'The execution of this discovery was removed.',
      details: {},
    })
    return undefined
  }
}

/** An execution that was cancelled before a worker took it ends without the worker's part. */
async function closeLeftOpen(db: Database, owner: ValueOwner, execution: Execution): Promise<void> {
  if (execution.status !== 'success') await closeRun(db, owner, execution.id, execution.error ?? endedWithout(execution))
}

async function closeRun(db: Database, owner: ValueOwner, executionId: string, error: ExecutionError): Promise<void> {
  await inScope(db, writingScope(owner), async (transaction) => {
    const run = await lockOpenRun(transaction, executionId)
    if (run) await closeRunAsFailed(transaction, run.id, error)
  })
}

/** What is said of an execution that did not succeed and left no error. */
export function endedWithout(execution: { status: string }): ExecutionError {
  return { type: 'Ended', message: `The discovery ended as ${execution.status}.`, details: {} }
}

/** What to do: the integration's own words, where its error has them. */
function guidanceOf(integration: IntegrationDefinition, error: ExecutionError): string | undefined {
  const { guidance } = error.details
  return typeof guidance === 'string' ? guidance : guidanceFor(error, integration, 'list')
}

function sentencesOf(integration: IntegrationDefinition, error: ExecutionError): string {
  const guidance = guidanceOf(integration, error)
  return `${error.message.replace(/[\s.]+$/, '')}.${guidance === undefined ? '' : ` ${guidance}`}`
}

function discoveryFailed(integration: IntegrationDefinition, error: ExecutionError, executionId: string) {
  return discoveryError(
    'discovery_failed',
    {
      integration_name: integration.name,
      reason: error.message,
      guidance: guidanceOf(integration, error) ?? null,
      execution_id: executionId,
    },
    `The organizations of ${integration.displayName} could not be listed: ${sentencesOf(integration, error)}`,
  )
}
