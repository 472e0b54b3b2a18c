import { setTimeout as pause } from 'node:timers/promises'
import { durationInWords, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'
import { tellWaitLimit } from '@crosswalk/sdk/retry'
import type { JsonObject } from '../protocol/json.ts'
import { kindInWords } from '../protocol/kinds.ts'
import { writtenPage } from '../protocol/listed-page.ts'
import type { Catalogue, Definitions } from './catalogue.ts'
import { contextOf, integrationContextOf, parsedData } from './context.ts'
import { ListedOrganizations } from './listed-organizations.ts'
import { requireOfferedParameters } from './offered-parameters.ts'
import type { Session } from './session.ts'

/** External organizations travel in messages of at most so many. */
const organizationsPerMessage = 1_000

/** Runs what the order names, and returns its result. What is no workflow waits where a vendor asks it to. */
export async function runOrder(session: Session, catalogue: Catalogue): Promise<unknown> {
  const { kind } = session.order
  if (kind === 'workflow') return runKind(session, catalogue)
  const { vendorWaits } = session
  try {
    return await vendorWaits.within(() => runKind(session, catalogue))
  } catch (error) {
    tellWaitLimit(error, vendorWaits.maxWaitMs, `${kindInWords(kind)} waits`)
    throw error
  }
}

async function runKind(session: Session, catalogue: Catalogue): Promise<unknown> {
  const { order } = session
  switch (order.kind) {
    case 'workflow':
      return runWorkflow(session, catalogue)
    case 'data_provider': {
      const provider = found(catalogue.dataProviders, order.name, 'data provider')
      return provider(contextOf(session, catalogue, provider.definition), (order.input.parameters ?? {}) as never)
    }
    case 'discovery':
      return discover(session, catalogue)
    case 'connection_test':
      return testConnection(session, catalogue)
  }
}

async function runWorkflow(session: Session, catalogue: Catalogue): Promise<unknown> {
  const { name, input } = session.order
  const workflow = found(catalogue.workflows, name, 'workflow')
  const context = contextOf(session, catalogue, workflow.definition)
  const parameters = (input.parameters ?? {}) as JsonObject // an order's parameters are one
  await requireOfferedParameters(context, catalogue, name, parameters)
  return workflow(context, parameters as never) // checked by its own schema
}

function found<Definition>(definitions: Definitions<Definition>, name: string, what: string): Definition {
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
  // It may throw at once.
  const test = async (): Promise<unknown> => integration.testConnection({ ...mapping, mappingData: parsedData(catalogue, mapping) })
  const tested = await test().catch((error: unknown) => {
    tellWaitLimit(error, session.vendorWaits.maxWaitMs, 'a connection test waits')
    throw isRefusal(error, session) ? vendorBusy(session, error instanceof Error ? error.message : String(error), detailsOf(error)) : error
  })
  const result = resultOf(Integration.integrationName, tested)
  // The vendor asked to wait: that says nothing about the mapping.
  if (!result.success && isRefusal(result, session)) throw vendorBusy(session, result.message, detailsOf(result))
  return result
}

function resultOf(integrationName: string, result: unknown): TestResult {
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
  throw new TypeError(`${integrationName}.testConnection returned no { success, message }.`)
}

/** Whether a failure is that the vendor asked to wait: by what it says, or else because that is how the last request ended. */
function isRefusal(failure: unknown, { vendorWaits }: Session): boolean {
  const details = detailsOf(failure)
  if (details.kind === 'rate_limited') return true
  const status = details.status_code ?? details.statusCode ?? details.status
  return status === undefined ? vendorWaits.refused !== undefined : ['429', '503'].includes(String(status))
}

function detailsOf(failure: unknown): JsonObject {
  const details = (failure as { details?: unknown } | null)?.details
  return typeof details === 'object' && details !== null ? (details as JsonObject) : {}
}

/** The failure of a test that was not made. Where the vendor said how long it asks for, so does this. */
function vendorBusy({ vendorWaits }: Session, message: string, details: JsonObject): Error {
  const { maxWaitMs, refused } = vendorWaits
  const askedMs = refused?.askedMs ?? 0
  const limit = `The vendor asks to wait ${durationInWords(askedMs)}; a connection test waits at most ${durationInWords(maxWaitMs)} in all`
  const isSaid = askedMs === 0 || message.includes('The vendor asks to wait')
  const told = isSaid ? {} : { retry_after_ms: askedMs, max_retry_after_ms: maxWaitMs }
  const sentence = isSaid ? message : `${message.replace(/[\s.]+$/, '')}. ${limit}.`
  return Object.assign(new Error(sentence), { name: 'VendorBusy', code: 'vendor_busy', details: { ...details, ...told } })
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
      const organizations = writtenPage(page.slice(start, start + organizationsPerMessage))
      await storing
      storing = session.ask('storeExternalOrganizations', { organizations, position: position + start })
      // A failure is met at the next await; until then it must not count as unhandled.
      storing.catch(() => {})
    }
  }
  if (Array.isArray(listing)) await store(listing)
  else if (listing !== null && typeof listing === 'object' && Symbol.asyncIterator in listing) {
    for await (const page of oneAhead(listing as AsyncIterable<unknown>)) await store(page)
  } else throw new TypeError(`${Integration.integrationName}.listOrganizations returned neither an array nor pages of arrays.`)
  await storing
  return { count: list.count }
}

/** A request takes this time until it is on its way: it is let through by the worker first. */
const untilSentMs = 4

/**
 * Asks for the next page before the one that came is looked at, so that the vendor is never idle. To check and send a page takes the
 * processor for some milliseconds, in which no request would leave: that begins when it has left, or when the next page is there without one.
 * No more than one page ahead.
 */
async function* oneAhead(pages: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
  const iterator = pages[Symbol.asyncIterator]()
  const ask = () => {
    // Authors may write an iterator of their own, which need not be asynchronous.
    const asked = (async () => await iterator.next())()
    // A failure is met when its turn comes; until then it must not count as unhandled.
    asked.catch(() => {})
    return asked
  }
  let next = ask()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = ask()
      await Promise.race([pause(untilSentMs), next.catch(() => {})])
      yield value
    }
  } finally {
    // Not awaited: what is under way ends with the execution.
    ;(async () => await iterator.return?.())().catch(() => {})
  }
}
