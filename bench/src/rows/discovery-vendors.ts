import type { Bench } from '../bench.ts'
import { startFloor } from '../floor.ts'
import { type Installation, lineOf, startProgram, stopProgram } from '../installation.ts'
import { type Line, type Row, timesLine } from '../line.ts'
import { alternate, median } from '../statistics.ts'
import { type Account, type VendorPages, vendorPages } from '../vendor-pages.ts'

/** So many that every vendor has ten thousand: some customers are not in each. */
const customers = 11_000
const minListed = 10_000
const latencyMs = 100
/** Each asks HaloPSA fourteen times, and the limits that the integration keeps to hold for the bench too. */
const maxTurns = 4
/** Without any wait at the vendor, so that a row does not take minutes. */
const warmingTurns = 2

/** One discovery takes a third of what Huntress admits in a minute. So each turn asks another account, as if it were another day. */
const accountsOf = (name: string, turns: number) => (name === 'huntress' ? warmingTurns + turns : 1)

async function startAccounts(bench: Bench, name: string, turns: number): Promise<{ accounts: Account[]; stop(): Promise<unknown> }> {
  const args = [name, String(customers), String(accountsOf(name, turns))]
  const child = startProgram('bench/src/vendor.ts', args, { PATH: process.env.PATH })
  const stop = () => stopProgram(child)
  bench.defer(stop)
  return { accounts: JSON.parse(await lineOf(child, /^(\[.*\])$/)) as Account[], stop } // what the program prints
}

async function slowAccount({ url }: Account, path: string, ms: number): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/_control/faults`, { method: 'DELETE' })
  if (ms > 0) await fetch(`${url}/_control/faults`, { method: 'POST', headers, body: JSON.stringify({ kind: 'slow', ms, path }) })
}

async function connect(platform: Installation, { config, secrets }: Account): Promise<void> {
  for (const [key, value] of Object.entries(config)) await platform.call('PUT', `/api/config/${key}`, { value, scope: 'global' })
  for (const [key, value] of Object.entries(secrets)) await platform.call('POST', '/api/secrets', { key, value, scope: 'global' })
}

/** A vendor that is connected with the platform, and how its organizations are listed both ways. */
async function startVendor(bench: Bench, platform: Installation, { name, turns }: { name: string; turns: number }) {
  const pages = vendorPages[name] as VendorPages // of its own names
  const { accounts, stop } = await startAccounts(bench, name, turns)
  let turn = 0
  const account = () => accounts[turn % accounts.length] as Account // there is one
  const authorization = await pages.authorization(account())
  const count = await pages.fetch(account(), authorization)
  if (count < minListed) throw new Error(`${pages.title} has ${count} organizations.`)
  await connect(platform, account())
  const discover = async () => {
    const { organizations } = await platform.call<{ organizations: unknown[] }>('GET', `/api/integrations/${name}/discover?refresh=true`)
    if (organizations.length !== count) throw new Error(`The discovery of ${pages.title} found ${organizations.length} organizations.`)
  }
  return {
    what: `discover ${count.toLocaleString('en')} organizations of ${pages.title}`,
    stop,
    slow: async (ms: number) => {
      for (const each of accounts) await slowAccount(each, pages.path, ms)
    },
    async discover(): Promise<number> {
      if (turn > 0 && accounts.length > 1) await connect(platform, account())
      return await timed(discover)
    },
    async fetchPages(): Promise<number> {
      const took = await timed(() => pages.fetch(account(), authorization))
      turn += 1
      return took
    },
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function linesOf(bench: Bench, platform: Installation, name: string): Promise<Line[]> {
  const turns = Math.min(bench.turns, maxTurns)
  const { what, ...vendor } = await startVendor(bench, platform, { name, turns })
  const inTurns = async (count: number, warming: number) => {
    const { ours, yardstick } = await alternate(count, vendor.discover, vendor.fetchPages, warming)
    return [median(ours), median(yardstick)] as const
  }
  const lines: Line[] = []
  const isHalo = name === 'halopsa'
  const atOnce = await inTurns(isHalo ? turns : 1, isHalo ? warmingTurns : warmingTurns - 1)
  await vendor.slow(latencyMs)
  lines.push(timesLine(`${what}, ${latencyMs} ms a page / fetching the same pages`, ...(await inTurns(turns, 0)), 1.3))
  if (isHalo) {
    await vendor.slow(0)
    lines.push(timesLine(`${what}, without waiting / fetching the same pages`, ...atOnce, 1.3))
    const floor = await startFloor(platform, name)
    const written = await alternate(turns, vendor.discover, () => timed(floor.write), 0)
    await floor.stop()
    lines.push(timesLine(`${what}, without waiting / COPY of their rows alone`, median(written.ours), median(written.yardstick), undefined))
  }
  await vendor.stop()
  return lines
}

export const vendorDiscoveryRow: Row = {
  name: 'discovery-vendors',
  async measure(bench) {
    const platform = await bench.installation()
    const lines: Line[] = []
    for (const name of Object.keys(vendorPages)) lines.push(...(await linesOf(bench, platform, name)))
    return lines
  },
}
