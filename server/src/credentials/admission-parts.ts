import type { BudgetKey, LimitSpec } from '../budgets/budgets.ts'
import type { RequestContext } from '../engine/state/requests.ts'
import type { Ticket } from '../gateway/messages/tickets.ts'
import { storable } from '../protocol/storable.ts'
import type { Credential, Placed } from './credential.ts'
import type { OpenedClient } from './opened-clients.ts'
import type { AskedFor } from './tokens/tokens.ts'
import { vendorHostOf } from './vendor-host.ts'

// What the admission of a request is made of: who asks, which budget it takes from, and what its ticket says.

/** As parsed: an option that was left out is not there. */
export const limitsOf = ({ spec }: OpenedClient): readonly LimitSpec[] => spec.limits as readonly LimitSpec[]

/** What the gateway is told to put into the requests of these exchanges. */
export function ticketOf(
  { execution }: RequestContext,
  client: OpenedClient,
  exchanges: string[],
  { headers, query }: Placed,
): Omit<Ticket, 'request' | 'expiresAtMs'> {
  // Its place may be what others wait for.
  const isPrompt = limitsOf(client).some((limit) => 'parallel' in limit)
  return { exchanges, executionId: execution.id, origins: [client.origin], headers, query, ...(isPrompt ? { isPrompt } : {}) }
}

/** For whom a token is asked for, and which one is good enough. */
export function askedFor(
  context: RequestContext,
  { spec, openedAt }: OpenedClient,
  { refusedVersion, onExchange }: Pick<AskedFor, 'refusedVersion'> & Required<Pick<AskedFor, 'onExchange'>>,
): AskedFor {
  const { batchId, caller, organizationId } = context.execution
  const isPerson = batchId === null && ['person', 'api_key'].includes(caller.type)
  const maxAgeMs = spec.freshToken ? performance.now() - openedAt : undefined
  return { isPerson, organizationId, refusedVersion, maxAgeMs, onExchange, withoutSecrets: (value) => context.withoutSecrets(value) }
}

const maxTenantChars = 200

export function budgetOf({ withoutSecrets }: RequestContext, client: OpenedClient, credential: Credential): BudgetKey {
  const owner = credential.type === 'token' ? credential.wanted.owner : credential.type === 'placed' ? credential.owner : null
  const { tenant } = credential.named
  const shown = tenant === null ? null : storable(withoutSecrets(tenant)).slice(0, maxTenantChars).toWellFormed()
  const named = { ...credential.named, tenant: shown }
  return { named, integration: client.integration, credential: credential.digest, host: vendorHostOf(new URL(client.origin)), owner }
}
