import { createHash } from 'node:crypto'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type DataProviderDefinition, getDefinition, requireLoaded } from '../definitions/definitions.ts'
import { requireFittingParameters } from '../definitions/parameters.ts'
import { type Execution, hasEnded, submitExecution, waitForExecution } from '../engine/state/executions.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { type DomainError, defineErrors } from '../platform/errors.ts'
import { canonicalJson, type JsonObject } from '../protocol/json.ts'
import { findCachedOptions } from './data-providers.queries.ts'
import { type Option, parseOptions } from './option.ts'

export const dataProviderError = defineErrors({
  data_provider_failed: { status: 502, message: 'The options could not be listed. See details for the reason.' },
})

export type ProvidedOptions = {
  options: Option[]
  /** True if no author code ran for this answer. */
  isCached: boolean
  /** When the options were kept; null where this provider's are not. */
  cachedAt: Date | null
}

/** How long a worker may take to begin, beyond the time that the provider itself has. */
const pickUpMs = 30_000

/** The same for parameters that are equal, in whatever order their fields stand. */
export function hashParameters(parameters: JsonObject): string {
  return createHash('sha256').update(canonicalJson(parameters)).digest('base64url')
}

/**
 * The options that a data provider gives an organization: kept ones while they last, else what its code returns now.
 *
 * @throws data_provider_failed - its code failed, took too long or returned something else; details say why.
 * @throws data_provider_not_found, definition_not_loaded, organization_not_found, organization_inactive, validation_failed
 */
export async function provideOptions(
  dependencies: { db: Database; notifications: Notifications },
  asked: { name: string; organizationId: string; parameters: JsonObject; acting: Acting; signal: AbortSignal },
): Promise<ProvidedOptions> {
  const { db } = dependencies
  const { name, organizationId, parameters } = asked
  const [, provider] = await Promise.all([getActiveOrganization(db, organizationId), getDefinition(db, 'data_provider', name)])
  requireFittingParameters(provider.parametersSchema, parameters, `the data provider '${name}'`)
  const isKept = provider.cacheSeconds > 0
  const kept = isKept
    ? await findCachedOptions(db, { providerName: name, organizationId, parametersHash: hashParameters(parameters) })
    : undefined
  if (kept) return { options: kept.options, isCached: true, cachedAt: kept.cached_at }
  requireLoaded(provider)
  const execution = await run(dependencies, provider, asked)
  const options = execution.status === 'success' ? parseOptions(execution.result) : undefined
  if (!options) throw failureOf(execution)
  return { options, isCached: false, cachedAt: isKept ? execution.completedAt : null }
}

async function run(
  dependencies: { db: Database; notifications: Notifications },
  provider: DataProviderDefinition,
  { organizationId, parameters, acting, signal }: Parameters<typeof provideOptions>[1],
): Promise<Execution> {
  const id = await inScope(dependencies.db, { organizationId }, async (transaction) => {
    const submitted = await submitExecution(transaction, {
      organizationId,
      kind: 'data_provider',
      name: provider.name,
      input: { parameters },
      timeoutMs: provider.timeoutMs,
      acting,
      isInteractive: true,
    })
    await recordAudit(transaction, acting, {
      action: 'data_provider.asked',
      organizationId,
      target: { type: 'data_provider', id: provider.name, execution_id: submitted.id },
      changes: {},
    })
    return submitted.id
  })
  return waitForExecution(dependencies, { organizationId }, id, provider.timeoutMs + pickUpMs, signal)
}

function failureOf(execution: Execution): DomainError {
  const reason = reasonOf(execution)
  // Where an integration failed.
  const { guidance, integration_name } = execution.error?.details ?? {}
  const advice = typeof guidance === 'string' ? { guidance, integration_name } : {}
  return dataProviderError(
    'data_provider_failed',
    { data_provider_name: execution.name, reason, execution_id: execution.id, ...advice },
    `The options of '${execution.name}' could not be listed: ${reason}`,
  )
}

function reasonOf({ status, error }: Execution): string {
  if (status === 'success') return 'it returned something other than a list of { label, value }.'
  if (status === 'pending') return 'no worker has begun it. See whether a worker runs.'
  return error?.message ?? (hasEnded({ status }) ? `its execution ended as ${status}.` : 'it is still running.')
}
