import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createCustomers } from '@crosswalk/simulators/customers'
import { type GivenVendors, givenVendors, type Json } from '../testing/given-vendors.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'

// A batch over many customers, at vendors with limits that are as tight as theirs and thirty times as fast: 300 in 5 minutes of HaloPSA is
// one in a second, and so is 60 in a minute of Huntress. CROSSWALK_LIMIT_CUSTOMERS=500 makes it as large as the promise (two minutes).

const customers = Number(process.env.CROSSWALK_LIMIT_CUSTOMERS ?? 24)
const limit = { requests: 30, perMs: 1_000 }
const vendors = ['halopsa', 'huntress'] as const

/** The integrations as they come along, with the limits of the test. */
const fasterIntegrations = `
  import { HaloPsa } from '@crosswalk/integrations/halopsa'
  import { Huntress } from '@crosswalk/integrations/huntress'
  const limits = [${JSON.stringify({ ...limit, window: 'sliding' })}]
  // It is about limits, and on a busy machine a call takes long by itself.
  const timeoutsMs = { discovery: 300_000, test: 300_000 }
  const faster = (context) => ({ ...context, http: (options) => context.http({ ...options, limits }) })
  export class FasterHalo extends HaloPsa { static integrationName = 'halopsa'; static timeoutsMs = timeoutsMs; constructor(context) { super(faster(context)) } }
  export class FasterHuntress extends Huntress { static integrationName = 'huntress'; static timeoutsMs = timeoutsMs; constructor(context) { super(faster(context)) } }
`

const cleanup = new AsyncDisposableStack()
const urls = new Map<string, string>()
let given: GivenVendors

before(async () => {
  const workspace = cleanup.use(await temporaryWorkspace({ 'integrations/faster.ts': fasterIntegrations }))
  given = cleanup.use(await givenVendors(workspace.path))
  for (const name of vendors) urls.set(name, (await given.connect(name, { count: customers, limits: [limit] })).url)
})
after(() => cleanup.disposeAsync())

test(`a batch over ${customers} customers waits for its turn at each vendor, and none refuses a call`, { timeout: 900_000 }, async () => {
  for (const name of vendors) await given.send('GET', `/integrations/${name}/discover?refresh=true`)
  const lines = createCustomers({ count: customers }).flatMap(({ listings }) => {
    const [halo, huntress] = [listings.halopsa[0], listings.huntress[0]]
    return halo && huntress ? [{ halo, huntress }] : []
  })
  for (let start = 0; start < lines.length; start += 200) {
    const part = lines.slice(start, start + 200)
    const { mappings } = await given.send('POST', '/integrations/halopsa/mappings', {
      mappings: part.map(({ halo: { id, name } }) => ({ new_organization: { name: `${name} ${id}` }, external_org_id: id })),
    })
    await given.send('POST', '/integrations/huntress/mappings', {
      mappings: part.map(({ huntress }, index) => ({ org_id: mappings[index].org_id, external_org_id: huntress.id })),
    })
  }
  const begun = await Promise.all(
    vendors.map((integration_name) => given.send('POST', '/mappings/test', { organizations: 'all', integration_name })),
  )
  for (const { batch_id } of begun) {
    const ended = async () => {
      const batch = await given.send('GET', `/batches/${batch_id}`)
      return batch.status === 'finished' ? batch : undefined
    }
    const { counts } = await until('the batch has ended', ended, 600_000)
    assert.equal(counts.success, lines.length, JSON.stringify(counts))
  }
  for (const name of vendors) {
    const counts = (await (await fetch(`${urls.get(name)}/_control/counts`)).json()) as { overLimit: number; requests: number }
    assert.equal(counts.overLimit, 0, name)
    assert.ok(counts.requests > lines.length, name)
    const { mappings } = await given.send('GET', `/mappings?integration_name=${name}&limit=200`)
    assert.ok(
      mappings.every(({ last_test_success }: Json) => last_test_success === true),
      name,
    )
  }
})
