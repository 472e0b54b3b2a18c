import { type Simulation, simulations } from '@crosswalk/simulators/simulate'
import type { DemoApi } from './demo-steps.ts'

/** The vendors that run beside the demo, by the names of their integrations. */
export type DemoVendors = ReadonlyMap<string, Simulation>

/** HaloPSA first: it is where an MSP keeps its list of customers. */
const names = ['halopsa', 'ninjaone', 'microsoft_graph', 'huntress'] as const
const [first, ...others] = names
export const customers = 40
/** Longest that a batch is waited for. */
const maxBatchMs = 180_000

export async function startVendors(): Promise<DemoVendors> {
  const started = await Promise.all(
    names.map(async (name) => {
      const simulation = await simulations[name]?.({ count: customers })
      if (!simulation) throw new Error(`There is no simulator of ${name}.`)
      return [name, simulation] as const
    }),
  )
  return new Map(started)
}

type External = { id: string; name: string; metadata: { websites?: string[]; domains?: string[] } }
type Match = { org_id: string; preselected: string | null; candidates: { external_org_id: string; external_org_name: string }[] }

/** Mail domains as HaloPSA's list tells them: by them the other vendors' customers are found. */
function domainsOf({ metadata: { websites = [], domains = [] } }: External): string[] {
  const hosts = websites.map((website) => new URL(website).hostname.replace(/^www\./, ''))
  return [...new Set([...domains, ...hosts])]
}

/** Every item of a list of the API, page after page. */
async function all<Item>(call: DemoApi, path: string, key: string): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${cursor}` : ''}`)
    items.push(...page[key])
    cursor = page.next_cursor
  }
  return items
}

async function discover(call: DemoApi, name: string): Promise<External[]> {
  const { organizations } = await call('GET', `/api/integrations/${name}/discover?refresh=true`)
  return organizations
}

type Batch = { batch_id: string; status: string; total: number; done: number; counts: Record<string, number> }

/** Waits for the end of a batch, as a person would who looks at its page. */
async function endOf(call: DemoApi, begun: Batch): Promise<Batch> {
  const waitUntil = performance.now() + maxBatchMs
  let batch = begun
  while (!['finished', 'cancelled'].includes(batch.status)) {
    if (performance.now() > waitUntil)
      throw new Error(`The batch ${batch.batch_id} has ended ${batch.done} of ${batch.total} in three minutes.`)
    await new Promise((resolve) => setTimeout(resolve, 250))
    batch = await call('GET', `/api/batches/${batch.batch_id}`)
  }
  return batch
}

const statusWords: Record<string, string> = { success: 'succeeded', timeout: 'took too long' }

const shownCounts = ({ counts }: Batch) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${statusWords[status] ?? status}`)
    .join(', ')

const customersWord = (count: number) => (count === 1 ? '1 customer' : `${count} customers`)

/** Cancels tests that are still waiting for a vendor: the simulators end with the demo, and the tests would fail. */
export async function cancelTests(call: DemoApi): Promise<void> {
  const { batches } = await call('GET', '/api/batches?workflow_name=test_mappings&limit=20')
  for (const { batch_id, status } of batches as Batch[])
    if (!['finished', 'cancelled'].includes(status)) await call('POST', `/api/batches/${batch_id}/cancel`)
}

/** Runs a workflow for all organizations that are mapped, and gives the results of those that succeeded. */
async function resultsOf<Result>(call: DemoApi, workflow: string, integration: string): Promise<{ batch: Batch; results: Result[] }> {
  const order = { workflow_name: workflow, organizations: `mapped:${integration}`, parameters: {} }
  const batch = await endOf(call, await call('POST', '/api/workflows/execute', order))
  const executions = await all<{ execution_id: string; status: string }>(call, `/api/batches/${batch.batch_id}/executions`, 'executions')
  const ended = executions.filter(({ status }) => status === 'success')
  const results = await Promise.all(ended.map(async ({ execution_id: id }) => (await call('GET', `/api/executions/${id}`)).result))
  return { batch, results }
}

async function unprotectedCustomers(call: DemoApi): Promise<string> {
  const { batch, results } = await resultsOf<{ protection: string }>(call, 'customers_without_huntress', 'ninjaone')
  const count = (protection: string) => results.filter((result) => result.protection === protection).length
  return `customers_without_huntress: ${shownCounts(batch)}. ${customersWord(count('none'))} without Huntress, ${count('some')} more with devices that lack it`
}

async function missingDevices(call: DemoApi): Promise<string> {
  const { batch, results } = await resultsOf<{ devices: number; missing: object[] }>(call, 'devices_missing_in_halopsa', 'ninjaone')
  const devices = results.reduce((total, result) => total + result.devices, 0)
  const missing = results.reduce((total, result) => total + result.missing.length, 0)
  return `devices_missing_in_halopsa: ${shownCounts(batch)}. ${missing} of ${devices} devices have no asset in HaloPSA`
}

type VendorStep = { title: string; run(call: DemoApi, vendors: DemoVendors): Promise<string> }

/** What an MSP does first: connect its tools, take over the customers of one, find them in the others, test, and ask over two. */
export const vendorSteps: readonly VendorStep[] = [
  {
    title: 'Connect HaloPSA, NinjaOne, Microsoft Graph and Huntress, as simulators on this machine',
    async run(call, vendors) {
      for (const { config, secrets } of vendors.values()) {
        for (const [key, value] of Object.entries(config)) await call('PUT', `/api/config/${key}`, { value, scope: 'global' })
        for (const [key, value] of Object.entries(secrets)) await call('POST', '/api/secrets', { key, value, scope: 'global' })
      }
      return [...vendors].map(([name, { url }]) => `${name.padEnd(16)}${url}`).join('\n')
    },
  },
  {
    title: `Add the ${customers} customers from HaloPSA as organizations`,
    async run(call) {
      const found = await discover(call, first)
      const mappings = await all<{ external_org_id: string }>(call, `/api/mappings?integration_name=${first}`, 'mappings')
      const mapped = new Set(mappings.map(({ external_org_id: id }) => id))
      const lines = found
        .filter(({ id }) => !mapped.has(id))
        .map((each) => ({
          new_organization: { name: each.name, domains: domainsOf(each) },
          external_org_id: each.id,
          external_org_name: each.name,
        }))
      if (lines.length > 0) await call('POST', `/api/integrations/${first}/mappings`, { mappings: lines })
      if (found.length !== customers) throw new Error(`Expected ${customers} clients, got ${found.length}.`)
      return `${found.length} clients, ${lines.length} of them new; each with its domains, and mapped`
    },
  },
  {
    title: 'Find them in the other three, and map what is sure',
    async run(call) {
      const told: string[] = []
      for (const name of others) {
        const found = await discover(call, name)
        const matches = await all<Match>(call, `/api/integrations/${name}/matches`, 'matches')
        const lines = matches.flatMap(({ org_id, preselected, candidates }) => {
          const candidate = candidates.find(({ external_org_id }) => external_org_id === preselected)
          if (!candidate) return []
          const { external_org_id, external_org_name } = candidate
          return [{ org_id, external_org_id, external_org_name }]
        })
        if (lines.length > 0) await call('POST', `/api/integrations/${name}/mappings`, { mappings: lines })
        const unsure = matches.filter(({ preselected, candidates }) => preselected === null && candidates.length > 0).length
        told.push(`${name.padEnd(16)}${found.length} listed, ${lines.length} mapped now, ${unsure} left to choose`)
      }
      return told.join('\n')
    },
  },
  {
    title: 'Run two workflows for every customer in NinjaOne, each over two vendors',
    async run(call) {
      const told = await Promise.all([unprotectedCustomers(call), missingDevices(call)])
      return told.join('\n')
    },
  },
  {
    title: 'Test all mappings, a batch for each vendor',
    async run(call) {
      const order = (name: string) => call('POST', '/api/mappings/test', { organizations: 'all', integration_name: name })
      const batches = new Map<string, Batch>()
      for (const name of names) batches.set(name, await order(name))
      const told: string[] = []
      for (const [name, begun] of batches) {
        // It is ready when you have looked around.
        const isSlow = name === 'huntress'
        const batch = isSlow ? begun : await endOf(call, begun)
        told.push(
          `${name.padEnd(16)}${isSlow ? `${batch.total} tests begun. Huntress admits 60 requests a minute, and some are spent: look at the batch in a minute or two` : shownCounts(batch)}`,
        )
      }
      return told.join('\n')
    },
  },
]
