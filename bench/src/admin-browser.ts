import { once } from 'node:events'
import { join } from 'node:path'
import { launchBrowser, type Opened, openSignedIn } from '../../e2e/browser.ts'
import { startMyIntegrationVendor } from '../../simulators/src/my-integration.ts'
import type { Bench } from './bench.ts'
import { type Installation, startInstallation, startProgram } from './installation.ts'
import { fillMappings } from './many-mappings.ts'

/** An organization has twenty mappings. */
const organizations = 1_000
const externalOrganizations = 10_000

/** A real browser before an installation with many organizations and a vendor with more. */
export type Admin = {
  platform: Installation
  browser: Awaited<ReturnType<typeof launchBrowser>>
  /** A page of a browser of its own that has signed in. */
  open(path: string): Promise<Opened>
}

async function buildAdmin(): Promise<void> {
  const child = startProgram('scripts/build-admin.ts', [], process.env)
  child.stdout?.resume()
  child.stderr?.pipe(process.stderr)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`Building the admin interface ended with ${code}.`)
}

/** Builds the interface, and starts what is before the browser; all of it ends with the bench. */
export async function startAdmin(bench: Bench): Promise<Admin> {
  await buildAdmin()
  const databaseUrl = await bench.createDatabase('bench_admin')
  const platform = await startInstallation({ command: 'start', directory: join(bench.directory, 'admin'), databaseUrl })
  bench.defer(() => platform.stop())
  await fillMappings(databaseUrl, organizations * 20)
  const vendor = await startMyIntegrationVendor({ apiKey: 'bench-key' })
  bench.defer(() => vendor.stop())
  // Two are there from the start.
  vendor.organizations.generate(externalOrganizations - 2)
  await platform.call('PUT', '/api/config/bench_vendor_url', { value: vendor.url, scope: 'global' })
  const browser = await launchBrowser()
  bench.defer(() => browser.close())
  const server = { url: platform.url, call: (method: 'POST', path: string) => platform.call(method, `/api${path}`) }
  return { platform, browser, open: (path) => openSignedIn(browser, server, { path }) }
}
