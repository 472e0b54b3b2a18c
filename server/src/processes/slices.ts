import { accessSlice } from '../access/access.slice.ts'
import type { PersonSessions } from '../access/person-sessions.ts'
import type { narrowedScope, requireAllOrganizations } from '../access/reach.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { approvalsSlice } from '../approvals/approvals.slice.ts'
import { auditSlice } from '../audit/audit.slice.ts'
import { batchesSlice } from '../batches/batches.slice.ts'
import { budgetsSlice } from '../budgets/budgets.slice.ts'
import { credentialsSlice } from '../credentials/credentials.slice.ts'
import type { FetchOutside } from '../credentials/tokens/asking.ts'
import type { VendorCalls } from '../credentials/vendor-calls.ts'
import { dataProvidersSlice } from '../data-providers/data-providers.slice.ts'
import { definitionsSlice } from '../definitions/definitions.slice.ts'
import { discoverySlice } from '../discovery/discovery.slice.ts'
import type { QueueGate } from '../engine/dispatch/queue-gate.ts'
import { engineSlice } from '../engine/engine.slice.ts'
import type { Slice } from '../engine/slice.ts'
import type { BatchPauses } from '../engine/state/pauses.ts'
import type { EndHandler, HostRequest } from '../engine/state/requests.ts'
import { exchangesSlice } from '../exchanges/exchanges.slice.ts'
import { formsSlice } from '../forms/forms.slice.ts'
import { gatewaySlice } from '../gateway/gateway.slice.ts'
import { historySlice } from '../history/history.slice.ts'
import { importsSlice } from '../imports/imports.slice.ts'
import { integrationsSlice } from '../integrations/integrations.slice.ts'
import { mappingListsSlice } from '../mapping-lists/mapping-lists.slice.ts'
import { admitGlobalSecret } from '../mappings/addresses.ts'
import { mappingsSlice } from '../mappings/mappings.slice.ts'
import { matchingSlice } from '../matching/matching.slice.ts'
import { organizationsSlice } from '../organizations/organizations.slice.ts'
import type { findOrganizationNames, selectOrganizationsNamed } from '../organizations/organizations.ts'
import type { Metrics } from '../overview/health.routes.ts'
import { overviewSlice } from '../overview/overview.slice.ts'
import { peopleSlice } from '../people/people.slice.ts'
import type { PeopleRuntime } from '../people/people-runtime.ts'
import { schedulesSlice } from '../schedules/schedules.slice.ts'
import { upkeepSlice } from '../upkeep/upkeep.slice.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { valuesSlice } from '../values/values.slice.ts'
import { workflowsSlice } from '../workflows/workflows.slice.ts'
import type { AppDependencies } from './app-dependencies.ts'

/** What the routes of all slices need. */
export type RoutesGiven = AppDependencies & {
  metrics: Metrics
  queue: QueueGate
  attempting: Attempting
  people: PeopleRuntime
  personSessions: PersonSessions
  /** A session that nobody uses ends after this time. */
  idleMinutes: number
  renewalDays: number
  fetchOutside: FetchOutside
  /** What a mapping of the organization with that integration leads to. */
  findMappingName(organizationId: string, id: string, integrationName: string): Promise<string | undefined>
  endHandlers: readonly EndHandler[]
  pauses: BatchPauses
  scopeFor: typeof narrowedScope
  requireAll: (principal: Parameters<typeof requireAllOrganizations>[0], sentence: string) => void
  findOrganizationNames: (
    ...given: Parameters<typeof findOrganizationNames> extends [unknown, ...infer Rest] ? Rest : never
  ) => ReturnType<typeof findOrganizationNames>
  selectOrganizationsNamed: typeof selectOrganizationsNamed
}

/** What the requests of all slices need. */
type RequestsGiven = {
  keyring: Keyring
  admitGlobalSecret: typeof admitGlobalSecret
  /** Null where author code has no `context.http`. */
  vendorCalls: VendorCalls | null
}

/** The server's slices from the first to the last: the one list of them. Each imports only those before it. */
export const slices: readonly Slice<RoutesGiven, RequestsGiven>[] = [
  { name: 'protocol', holds: 'what a worker and a runner say to each other', tables: {} },
  { name: 'platform', holds: 'database, embedded PostgreSQL, HTTP, files, environment', tables: {} },
  gatewaySlice,
  auditSlice,
  accessSlice,
  organizationsSlice,
  definitionsSlice,
  engineSlice,
  valuesSlice,
  budgetsSlice,
  peopleSlice,
  credentialsSlice,
  exchangesSlice,
  integrationsSlice,
  mappingsSlice,
  discoverySlice,
  mappingListsSlice,
  matchingSlice,
  importsSlice,
  dataProvidersSlice,
  batchesSlice,
  approvalsSlice,
  workflowsSlice,
  formsSlice,
  schedulesSlice,
  historySlice,
  overviewSlice,
  upkeepSlice,
  { name: 'processes', holds: 'puts the slices together: start, api, worker', tables: {} },
]

type HostRequestsGiven = Pick<RequestsGiven, 'keyring'> & Partial<Pick<RequestsGiven, 'vendorCalls'>>

/** Everything that author code may ask of the platform. */
export function hostRequests({ keyring, vendorCalls = null }: HostRequestsGiven): HostRequest[] {
  return slices.flatMap((slice) => slice.requests?.({ keyring, admitGlobalSecret, vendorCalls }) ?? [])
}

/** What every slice does when an execution of its kind ends. */
export const endHandlers: readonly EndHandler[] = slices.flatMap((slice) => slice.ends ?? [])

/** What the engine knows of the batches of its executions. */
export const pauses = batchesSlice.pauses

/** What every slice carries over from what the workspace publishes. */
export const publishedHooks = slices.flatMap((slice) => slice.onPublished ?? [])

/** What every slice deletes in time. */
export const retentionRules = slices.flatMap((slice) => slice.retention ?? [])
