import { discoveryEnd, discoveryRequests } from '../src/discovery/discovery.durable.ts'
import type { Execution } from '../src/engine/state/executions.ts'
import type { Outcome, RequestContext } from '../src/engine/state/requests.ts'
import type { Database } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { writtenPage } from '../src/protocol/listed-page.ts'
import { failed, givenApi, givenPublished, givenWorker, integrationDefinition, succeeded } from './given-definitions.ts'
import { givenRequestContext } from './given-requests.ts'

export type Listed = { id: string; name: string; metadata?: JsonObject }

/** What a discovery's author code does with the pages of its vendor: has them stored, one after another. */
export async function storePages(
  db: Database,
  execution: Execution,
  pages: Listed[][],
  progress: RequestContext['progress'] = () => {},
): Promise<void> {
  const [request] = discoveryRequests
  let position = 0
  for (const listed of pages) {
    const organizations = writtenPage(listed.map((each) => ({ ...each, metadata: JSON.stringify(each.metadata ?? {}) })))
    await request?.handle(givenRequestContext({ db, execution, progress }), { organizations, position })
    position += listed.length
  }
}

export type Vendor = {
  pages: Listed[][] /** Thrown after the pages. */
  failure?: string | undefined
  details?: JsonObject /** Held until it resolves. */
  hold?: Promise<void> | undefined
}

/** The API with an integration `halo` whose vendor lists what the test says. */
export async function givenVendor(given: Partial<ReturnType<typeof integrationDefinition>> = {}) {
  const api = await givenApi()
  await givenPublished(
    api.db,
    integrationDefinition('halo', { displayName: 'HaloPSA', ...given }),
    integrationDefinition('mail', { supportsDiscovery: false }),
  )
  const vendor: Vendor = { pages: [] }
  const worker = givenWorker(api, [discoveryEnd], async (execution): Promise<Outcome> => {
    await vendor.hold
    try {
      await storePages(api.db, execution, vendor.pages)
    } catch (error) {
      return failed((error as Error).message)
    }
    if (vendor.failure !== undefined) return failed(vendor.failure, vendor.details)
    return succeeded({ count: vendor.pages.flat().length })
  })
  const discover = (query = '') => api.send('GET', `/integrations/halo/discover${query}`)
  return { ...api, vendor, worker, discover }
}
