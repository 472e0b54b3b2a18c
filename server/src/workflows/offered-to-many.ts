import { closedValuesIn, notFitting } from '@crosswalk/sdk/closed-fields'
import type { Acting } from '../audit/audit.ts'
import { listSelected } from '../batches/batches.ts'
import type { Selection } from '../batches/selection.ts'
import { findNotOffered } from '../data-providers/closed-options.ts'
import { dataProviderError } from '../data-providers/data-providers.ts'
import type { WorkflowDefinition } from '../definitions/definitions.ts'
import { requireFittingParameters } from '../definitions/parameters.ts'
import { organizationError } from '../organizations/organizations.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { platformError } from '../platform/errors.ts'
import type { JsonObject } from '../protocol/json.ts'

/** The order waits this long for options. Who was not asked by then is asked by its own execution. */
const maxAskingMs = 10_000
const maxAsked = 200
const maxAskedAtOnce = 4
const maxNamed = 5

type Dependencies = { db: Database; notifications: Notifications }
type Order = {
  workflow: Pick<WorkflowDefinition, 'name' | 'parametersSchema'>
  parameters: JsonObject
  selection: Selection
  scope: Scope
  acting: Acting
  signal: AbortSignal
}
type Organization = { id: string; name: string }

/**
 * Refuses parameters for many organizations in which a closed field has a value that some of them are not offered. The first organizations
 * are asked, within some seconds; all others are held to their options by their own executions.
 *
 * @throws validation_failed - details name each field as `parameters.<field>`, with the organizations.
 * @throws data_provider_failed - none of those that were asked could be told its options.
 * @throws data_provider_not_found, definition_not_loaded
 */
export async function requireOfferedToMany(dependencies: Dependencies, order: Order): Promise<void> {
  const { workflow, parameters, selection, scope } = order
  const what = `the workflow '${workflow.name}'`
  requireFittingParameters(workflow.parametersSchema, parameters, what)
  const closed = closedValuesIn(workflow.parametersSchema, parameters, 'parameters')
  if (closed.length === 0) return
  const refused = await askAll(dependencies, order, await listSelected(dependencies.db, scope, selection, maxAsked))
  const details = Object.fromEntries(
    closed.flatMap(({ field, dataProvider }) => {
      const names = refused.get(field)
      return names ? [[field, [`is not one of the options that '${dataProvider}' offers for ${named(names)}`]]] : []
    }),
  )
  if (Object.keys(details).length === 0) return
  throw platformError('validation_failed', details, notFitting(what, details))
}

/** The names of the organizations that are not offered what a field has, by field. */
async function askAll(dependencies: Dependencies, order: Order, organizations: readonly Organization[]): Promise<Map<string, string[]>> {
  const { workflow, parameters, acting } = order
  const within = AbortSignal.any([order.signal, AbortSignal.timeout(maxAskingMs)])
  const refused = new Map<string, string[]>()
  let answered = 0
  let failure: unknown
  const waiting = [...organizations]
  async function askNext(): Promise<void> {
    for (let next = waiting.shift(); next && !within.aborted; next = waiting.shift()) {
      const asked = { schema: workflow.parametersSchema, parameters, organizationId: next.id, acting, signal: within }
      try {
        for (const field of Object.keys((await findNotOffered(dependencies, asked)) ?? {})) {
          refused.set(field, [...(refused.get(field) ?? []), next.name])
        }
        answered += 1
      } catch (error) {
        if (organizationError.is(error, 'organization_inactive')) continue
        if (!dataProviderError.is(error, 'data_provider_failed')) throw error
        // What only took too long says nothing; the client that went away hears nothing.
        if (!within.aborted || order.signal.aborted) failure ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: maxAskedAtOnce }, askNext))
  if (failure && (answered === 0 || order.signal.aborted)) throw failure
  return refused
}

function named(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, maxNamed).join(', ')
  const more = names.length - maxNamed
  return more > 0 ? `${shown} and ${more} more` : shown
}
