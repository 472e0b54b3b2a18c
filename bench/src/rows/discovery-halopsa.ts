import type { Bench } from '../bench.ts'
import { startFloor } from '../floor.ts'
import { type Installation, lineOf, startProgram, stopProgram } from '../installation.ts'
import { type Line, type Row, timesLine } from '../line.ts'
import { alternate, median } from '../statistics.ts'

const clients = 10_000
/** Each is fifteen requests, and HaloPSA's limits hold for the bench too. */
const maxTurns = 5

type Halo = { url: string; clientId: string; clientSecret: string }

async function startHalo(bench: Bench, platform: Installation): Promise<Halo> {
  const child = startProgram('bench/src/halopsa-vendor.ts', [String(clients)], { PATH: process.env.PATH })
  bench.defer(() => stopProgram(child))
  const halo = JSON.parse(await lineOf(child, /^(\{.*\})$/)) as Halo // what the program prints
  const config = { halopsa_base_url: halo.url, halopsa_client_id: halo.clientId }
  for (const [key, value] of Object.entries(config)) await platform.call('PUT', `/api/config/${key}`, { value, scope: 'global' })
  await platform.call('POST', '/api/secrets', { key: 'halopsa_client_secret', value: halo.clientSecret, scope: 'global' })
  return halo
}

async function fault(url: string, ms: number): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/_control/faults`, { method: 'DELETE' })
  if (ms > 0)
    await fetch(`${url}/_control/faults`, { method: 'POST', headers, body: JSON.stringify({ kind: 'slow', ms, path: '/api/Client' }) })
}

async function tokenOf({ url, clientId, clientSecret }: Halo): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'all' }
  const response = await fetch(`${url}/auth/token`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await response.json()) as { access_token: string }).access_token
}

/** The requests of the integration, one after the other, and nothing else. */
async function fetchPages({ url }: Halo, token: string): Promise<void> {
  const read = async (path: string) => (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()
  await read('/api/authinfo')
  for (const { id } of (await read('/api/AzureADConnection?type=2')) as { id: number }[])
    await read(`/api/AzureADConnection/${id}?type=2&includedetails=true&includetenants=true`)
  let count = 0
  for (let page = 1; count < clients; page++) {
    const answer = (await read(`/api/Client?pageinate=true&includeinactive=false&page_size=1000&page_no=${page}`)) as { clients: unknown[] }
    if (answer.clients.length === 0) throw new Error(`HaloPSA gave ${count} clients.`)
    count += answer.clients.length
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

export const haloDiscoveryRow: Row = {
  name: 'discovery-halopsa',
  async measure(bench) {
    const platform = await bench.installation()
    const halo = await startHalo(bench, platform)
    const token = await tokenOf(halo)
    const discover = async () => {
      const path = '/api/integrations/halopsa/discover?refresh=true'
      const { organizations } = await platform.call<{ organizations: unknown[] }>('GET', path)
      if (organizations.length !== clients) throw new Error(`Discovery found ${organizations.length} clients.`)
    }
    const lines: Line[] = []
    for (const latencyMs of [100, 0]) {
      await fault(halo.url, latencyMs)
      const measured = await alternate(
        Math.min(bench.turns, maxTurns),
        () => timed(discover),
        () => timed(() => fetchPages(halo, token)),
      )
      const takes = latencyMs > 0 ? `takes ${latencyMs} ms a page` : 'takes no time'
      const what = `discover ${clients.toLocaleString('en')} clients of a HaloPSA that ${takes}`
      lines.push(timesLine(`${what} / fetching the same pages`, median(measured.ours), median(measured.yardstick), 1.3))
      if (latencyMs > 0) continue
      const floor = await startFloor(platform, 'halopsa')
      const written = await alternate(
        Math.min(bench.turns, maxTurns),
        () => timed(discover),
        () => timed(floor.write),
      )
      await floor.stop()
      lines.push(timesLine(`${what} / COPY of their rows alone`, median(written.ours), median(written.yardstick), undefined))
    }
    return lines
  },
}
