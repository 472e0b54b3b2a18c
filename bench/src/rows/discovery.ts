import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { startFloor } from '../floor.ts'
import { type Installation, lineOf, startProgram, stopProgram } from '../installation.ts'
import { type Line, type Row, rateLine, timesLine } from '../line.ts'
import { load } from '../load.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

const organizations = 10_000
const latencyOfPage = 100
const path = '/api/integrations/bench_vendor/discover'

type Vendor = { url: string; control(method: string, what: string, body?: object): Promise<void> }

/** The simulated vendor, in a process of its own as a real one is. */
async function startVendor(bench: Bench, platform: Installation): Promise<Vendor> {
  const child = startProgram(
    'simulators/src/my-integration.ts',
    ['--port', '0', '--api-key', 'bench-key'],
    { PATH: process.env.PATH },
    'pipe',
  )
  bench.defer(() => stopProgram(child))
  const url = await lineOf(child, /"url":"([^"]+)"/)
  const control: Vendor['control'] = async (method, what, body) => {
    const response = await fetch(`${url}/_control/${what}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`The simulated vendor answered ${response.status} to ${what}.`)
  }
  // Two are there from the start.
  await control('POST', 'organizations/generate', { count: organizations - 2 })
  await platform.call('PUT', '/api/config/bench_vendor_url', { value: url, scope: 'global' })
  return { url, control }
}

let started: Promise<Vendor> | undefined
const vendorOf = async (bench: Bench, platform: Installation) => (started ??= startVendor(bench, platform))

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function fetchPages(url: string): Promise<void> {
  let count = 0
  for (let page: number | null = 1; page !== null; ) {
    const response = await fetch(`${url}/organizations?page_size=1000&page=${page}`, { headers: { authorization: 'Bearer bench-key' } })
    const answer = (await response.json()) as { organizations: unknown[]; next_page: number | null } // the simulator's own form
    count += answer.organizations.length
    page = answer.next_page
  }
  if (count !== organizations) throw new Error(`The simulated vendor has ${count} organizations.`)
}

async function discover(platform: Installation): Promise<void> {
  const answer = await platform.call<{ organizations: unknown[] }>('GET', `${path}?refresh=true`)
  if (answer.organizations.length !== organizations) throw new Error(`Discovery found ${answer.organizations.length} organizations.`)
}

export const discoveryRow: Row = {
  name: 'discovery',
  async measure(bench) {
    const platform = await bench.installation()
    const vendor = await vendorOf(bench, platform)
    const lines: Line[] = []
    const cases = [
      { pages: `a vendor that takes ${latencyOfPage} ms a page`, latencyMs: latencyOfPage, target: 1.3 },
      { pages: 'a vendor that takes no time', latencyMs: 0, target: 1.3 },
    ]
    for (const { pages, latencyMs, target } of cases) {
      if (latencyMs > 0) await vendor.control('POST', 'faults', { kind: 'slow', ms: latencyMs })
      const measured = await alternate(
        bench.turns,
        () => timed(() => discover(platform)),
        () => timed(() => fetchPages(vendor.url)),
      )
      await vendor.control('DELETE', 'faults')
      const count = organizations.toLocaleString('en')
      const what = `discover ${count}, 1,000 a page, ${pages}`
      lines.push(timesLine(`${what} / fetching the pages`, median(measured.ours), median(measured.yardstick), target))
      if (latencyMs > 0) continue
      const floor = await startFloor(platform, 'bench_vendor')
      const written = await alternate(
        bench.turns,
        () => timed(() => discover(platform)),
        () => timed(floor.write),
      )
      await floor.stop()
      lines.push(timesLine(`${what} / COPY of the ${count} rows alone`, median(written.ours), median(written.yardstick), undefined))
    }
    return lines
  },
}

export const cachedDiscoveryRow: Row = {
  name: 'cached-discovery',
  async measure(bench) {
    const platform = await bench.installation()
    await vendorOf(bench, platform)
    await discover(platform)
    const bytes = Buffer.from(await (await fetch(`${platform.url}${path}`, { headers: platform.headers })).arrayBuffer())
    const file = join(bench.directory, 'organizations.json')
    await writeFile(file, bytes)
    const fixed = await startYardstick<{ url: string }>('static-file', [file])
    const read = (url: string, headers: Record<string, string>) =>
      load({ url, connections: 16, durationMs: bench.turnMs, headers, requests: () => [{}] })
    const measured = await alternate(
      bench.turns,
      () => read(`${platform.url}${path}`, platform.headers),
      () => read(fixed.ready.url, {}),
    )
    await fixed.stop()
    const what = `cached discovery of ${organizations.toLocaleString('en')} (${Math.round(bytes.byteLength / 1024)} KiB), 16 connections / a static file`
    return [
      rateLine(
        what,
        median(measured.ours.map(({ perSecond }) => perSecond)),
        median(measured.yardstick.map(({ perSecond }) => perSecond)),
        0.5,
      ),
    ]
  },
}
