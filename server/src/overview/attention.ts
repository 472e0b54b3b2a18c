import { authError } from '../access/auth-errors.ts'
import { hasFormsAlone, isGranted, type Principal, scopeOf, seenBy } from '../access/principal.ts'
import { findOpenApprovals, type OpenApprovals } from '../approvals/open-approvals.ts'
import { type IntegrationDefinition, listDefinitions } from '../definitions/definitions.ts'
import { type Failures, findFailures } from '../engine/state/failures.ts'
import { type Attention, countedTo, countMappings } from '../mapping-lists/mapping-filter.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { isReadyMade } from '../protocol/ready-made.ts'
import { type ExpiringSecret, findExpiringSecrets } from '../values/secrets/expiring.ts'
import { findSetKeys } from '../values/set-keys.ts'
import { type FailedDiscoveryRow, listFailedDiscoveries, listNeededKeys, type MissingKey } from './attention.queries.ts'

const failureHours = 24
const newestFailures = 5

export type IntegrationInNeed = { integration: IntegrationDefinition; missing: (MissingKey & { label: string })[] }

/** An integration whose newest discovery with the global credentials failed. */
export type FailedDiscovery = { integration: IntegrationDefinition; run: FailedDiscoveryRow }

/** What is wrong with mappings, and with what they are made from. */
type MappingsInNeed = {
  counts: Record<Attention, number>
  integrations: IntegrationInNeed[]
  /** None for those who may not see all organizations: the list of the global credentials is not for them. */
  discoveries: FailedDiscovery[]
}

/** What needs somebody, among the organizations that the principal may see: each entry by the permission that it needs itself. */
export type AttentionNeeded = {
  /** Undefined for those who may not see mappings. */
  mappings: MappingsInNeed | undefined
  /** Secrets that expire within 14 days or have; none for those who may not manage secrets. */
  expiring: ExpiringSecret[]
  /** Undefined for those who may not see what ran. */
  failures: Failures | undefined
  /** Undefined for those who approve nothing. */
  approvals: OpenApprovals | undefined
}

/** The required keys without a global value, with their labels. */
async function missingKeys(db: Database, integrations: IntegrationDefinition[]): Promise<(MissingKey & { label: string })[]> {
  const keysOf = (field: 'secrets' | 'config') =>
    integrations.flatMap((integration) =>
      integration[field]
        .filter(({ required }) => required)
        .map(({ key, label }) => ({
          integrationName: integration.name,
          isReadyMade: isReadyMade(integration),
          key,
          label,
        })),
    )
  const [secrets, config] = [keysOf('secrets'), keysOf('config')]
  const [setSecrets, setConfig] = await Promise.all([
    findSetKeys(db, 'secrets', [...new Set(secrets.map(({ key }) => key))], null),
    findSetKeys(db, 'config', [...new Set(config.map(({ key }) => key))], null),
  ])
  return [
    ...secrets.filter(({ key }) => !setSecrets.has(key)).map((secret) => ({ ...secret, kind: 'secret' as const })),
    ...config.filter(({ key }) => !setConfig.has(key)).map((value) => ({ ...value, kind: 'config' as const })),
  ]
}

/** Of the organizations whose history the principal may see, which may be others than those that it manages. */
async function findOwnFailures(db: Database, principal: Principal): Promise<Failures | undefined> {
  if (!isGranted(principal, 'canViewExecutions')) return undefined
  const seen = seenBy(principal, 'workflow', 'canViewExecutions')
  return inScope(db, seen.scope, (transaction) =>
    findFailures(transaction, { seen, hours: failureHours, max: countedTo, newest: newestFailures }),
  )
}

/** Of the organizations whose secrets the principal may manage, which may be others; the global ones for those who have all. */
async function findOwnExpiring(db: Database, principal: Principal): Promise<ExpiringSecret[]> {
  if (!isGranted(principal, 'canManageSecrets')) return []
  return inScope(db, scopeOf(principal, 'canManageSecrets'), (transaction) => findExpiringSecrets(transaction, new Date()))
}

/** Of the organizations whose mappings the principal may see. */
async function findOwnMappings(db: Database, principal: Principal): Promise<MappingsInNeed | undefined> {
  if (!isGranted(principal, 'canViewMappings')) return undefined
  const seen = seenBy(principal, 'integration', 'canViewMappings')
  const isOfAll = scopeOf(principal, 'canViewMappings') === 'allOrganizations'
  const integrations = await listDefinitions(db, 'integration')
  const missing = await missingKeys(db, integrations)
  return inScope(db, seen.scope, async (transaction) => {
    const count = (attention: Attention) => countMappings(transaction, attention, seen, countedTo)
    const discovering = integrations.filter(({ supportsDiscovery }) => supportsDiscovery).map(({ name }) => name)
    const [failing, needsRepair, neverTested, gone, renamed, needed, failedRuns] = await Promise.all([
      count('failing_test'),
      count('needs_repair'),
      count('never_tested'),
      count('gone'),
      count('renamed'),
      missing.length === 0 ? [] : listNeededKeys(transaction, missing, { ...seen, isOfAll }),
      isOfAll && discovering.length > 0 ? listFailedDiscoveries(transaction, discovering) : [],
    ])
    const isNeeded = (key: MissingKey) =>
      needed.some((other) => other.integrationName === key.integrationName && other.kind === key.kind && other.key === key.key)
    return {
      counts: { failing_test: failing, needs_repair: needsRepair, never_tested: neverTested, gone, renamed },
      integrations: integrations.flatMap((integration) => {
        const own = missing.filter((key) => key.integrationName === integration.name && isNeeded(key))
        return own.length === 0 ? [] : [{ integration, missing: own }]
      }),
      discoveries: failedRuns.flatMap((run) => {
        const integration = integrations.find(({ name }) => name === run.integration_name)
        return integration ? [{ integration, run }] : []
      }),
    }
  })
}

/** Any of them shows something of what needs attention. */
const showing = ['canViewMappings', 'canViewExecutions', 'canManageSecrets', 'canApprove'] as const

/**
 * Reads all of it over one connection at a time.
 *
 * @throws forbidden - nothing of it is for this principal.
 */
export async function findAttention(db: Database, principal: Principal): Promise<AttentionNeeded> {
  // A customer's user has their approvals among their requests, and nothing of how the provider works.
  const isCustomer = hasFormsAlone(principal) && isGranted(principal, 'canSubmitForms')
  if (isCustomer || !showing.some((permission) => isGranted(principal, permission))) {
    const [permission] = showing
    throw authError(
      'forbidden',
      { permission },
      `What needs attention takes one of the permissions ${showing.join(', ')}. Ask an administrator for the one that you need.`,
    )
  }
  const failures = await findOwnFailures(db, principal)
  const expiring = await findOwnExpiring(db, principal)
  const approvals = await findOpenApprovals(db, principal)
  return { mappings: await findOwnMappings(db, principal), expiring, failures, approvals }
}
