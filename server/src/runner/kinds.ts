import type { OrganizationMapping, TestResult } from '@crosswalk/sdk'
import type { JsonObject } from '../protocol/json.ts'
import type { Catalogue } from './catalogue.ts'
import { contextOf, integrationContextOf, parsedData } from './context.ts'
import { ListedOrganizations } from './listed-organizations.ts'
import { requireOfferedParameters } from './offered-parameters.ts'
import type { Session } from './session.ts'

/** External organizations travel in messages of at most so many. */
const organizationsPerMessage = 1_000

/** Runs what the order names, and returns its result. */
export async function runOrder(session: Session, catalogue: Catalogue): Promise<unknown> {
  const { order } = session
  switch (order.kind) {
    case 'workflow':
      return runWorkflow(session, catalogue)
    case 'data_provider':
      return found(
        catalogue.dataProviders,
        order.name,
        'data provider',
      )(contextOf(session, catalogue), (order.input.parameters ?? {}) as never)
    case 'discovery':
      return discover(session, catalogue)
    case 'connection_test':
      return testConnection(session, catalogue)
  }
}

async function runWorkflow(session: Session, catalogue: Catalogue): Promise<unknown> {
  const { name, input } = session.order
  const workflow = found(catalogue.workflows, name, 'workflow')
  const context = contextOf(session, catalogue)
  const parameters = (input.parameters ?? {}) as JsonObject // an order's parameters are one
  await requireOfferedParameters(context, catalogue, name, parameters)
  return workflow(context, parameters as never) // checked by its own schema
}

function found<Definition>(definitions: Map<string, Definition>, name: string, what: string): Definition {
  const definition = definitions.get(name)
  if (definition) return definition
  throw Object.assign(new Error(`The workspace has no ${what} named ${name} any more. Its file was removed or does not load.`), {
    code: 'definition_not_found',
  })
}

async function testConnection(session: Session, catalogue: Catalogue): Promise<TestResult> {
  const Integration = found(catalogue.integrations, session.order.name, 'integration')
  const draft = session.order.input.mapping as {
    id: string | null
    external_org_id: string
    external_org_name: string
    mapping_data: JsonObject
  }
  const mapping: OrganizationMapping = {
    id: draft.id,
    integrationName: Integration.integrationName,
    externalOrgId: draft.external_org_id,
    externalOrgName: draft.external_org_name,
    mappingData: draft.mapping_data,
    isActive: draft.id !== null,
  }
  const integration = new Integration(contextOf(session, catalogue))
  const result: unknown = await integration.testConnection({ ...mapping, mappingData: parsedData(catalogue, mapping) })
  if (
    result !== null &&
    typeof result === 'object' &&
    'success' in result &&
    typeof result.success === 'boolean' &&
    'message' in result &&
    typeof result.message === 'string'
  ) {
    return {
      success: result.success,
      message: result.message,
      details: ('details' in result ? (result.details as JsonObject) : undefined) ?? {},
    }
  }
  throw new TypeError(`${Integration.integrationName}.testConnection returned no { success, message }.`)
}

/** Sends what the integration lists page by page, so that a long list is never whole in any message. */
async function discover(session: Session, catalogue: Catalogue): Promise<{ count: number }> {
  const Integration = found(catalogue.integrations, session.order.name, 'integration')
  const integration = new Integration(session.order.organization ? contextOf(session, catalogue) : integrationContextOf(session))
  if (typeof integration.listOrganizations !== 'function')
    throw new TypeError(`${Integration.integrationName} does not list organizations.`)
  const listing: unknown = await integration.listOrganizations()
  const list = new ListedOrganizations(Integration.integrationName)
  // One page is stored while the next is fetched; not more, so that a vendor that is faster than the database does not fill memory.
  let storing: Promise<unknown> = Promise.resolve()
  const store = async (given: unknown) => {
    const position = list.count
    const page = list.take(given)
    for (let start = 0; start < page.length; start += organizationsPerMessage) {
      const organizations = page.slice(start, start + organizationsPerMessage)
      await storing
      storing = session.ask('storeExternalOrganizations', { organizations, position: position + start })
      // A failure is met at the next await; until then it must not count as unhandled.
      storing.catch(() => {})
    }
  }
  if (Array.isArray(listing)) await store(listing)
  else if (listing !== null && typeof listing === 'object' && Symbol.asyncIterator in listing) {
    for await (const page of listing as AsyncIterable<unknown>) await store(page)
  } else throw new TypeError(`${Integration.integrationName}.listOrganizations returned neither an array nor pages of arrays.`)
  await storing
  return { count: list.count }
}
