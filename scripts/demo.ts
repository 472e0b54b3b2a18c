// npm run demo: the quickstart, end to end, over the public HTTP API of an installation with a simulated vendor. Stays up, unless --once.
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { loopback } from '../server/src/platform/egress-rules.ts'
import { readEnvironment } from '../server/src/platform/environment.ts'
import { adminApiKeyFile, readRunning } from '../server/src/platform/files/data-directory.ts'
import { StartError } from '../server/src/platform/start-error.ts'
import { buildAdmin } from './build-admin.ts'
import { type DemoApi, demoSteps } from './demo-steps.ts'
import { cancelTests, customers, type DemoVendors, startVendors, vendorSteps } from './demo-vendors.ts'
import { firstLine, root, runProgram, startPlatform, stopProgram } from './processes.ts'

const isOnce = process.argv.includes('--once')
const isColoured = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code: number, text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)

/**
 * The demo has an installation of its own, kept between demos, so that it leaves nothing in the one for real use: not in its data directory,
 * and not in its database. Who sets CROSSWALK_DATA_DIR has chosen another, and is taken by their word.
 */
const demoDataDir = '.crosswalk-demo'
const isOwn = !process.env.CROSSWALK_DATA_DIR?.trim()
if (isOwn) {
  process.env.CROSSWALK_DATA_DIR = resolve(demoDataDir)
  process.env.DATABASE_URL = ''
}
// The simulated vendor listens there.
process.env.CROSSWALK_EGRESS_ALLOW ??= loopback
const vendorKey = 'demo-key-of-the-simulated-vendor'

async function startVendor(): Promise<{ child: ChildProcess; url: string }> {
  const child = runProgram([join(root, 'simulators/src/my-integration.ts'), '--port', '0', '--api-key', vendorKey])
  const url = await firstLine(child, /"url":"([^"]+)"/)
  child.stdout?.resume()
  if (!url) throw new Error('The simulated vendor did not start.')
  return { child, url }
}

/** Calls the API as anybody would: over HTTP, with the key. Throws what the API says. */
function apiOf(url: string, key: string): DemoApi {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text === '' ? null : JSON.parse(text)
    if (!response.ok)
      throw Object.assign(new Error(answer?.message ?? `HTTP ${response.status}`), { code: answer?.error, details: answer?.details })
    return answer
  }
}

async function demo(): Promise<number> {
  const startedAt = performance.now()
  const environment = readEnvironment(process.env, process.cwd())
  let vendor: ChildProcess | undefined
  let platform: ChildProcess | undefined
  let vendors: DemoVendors = new Map()
  let endTests = async () => {}
  const stopAll = async () => {
    // Where the platform is gone already, nothing waits any more.
    await endTests().catch(() => {})
    await stopProgram(platform)
    await stopProgram(vendor)
    for (const { stop } of vendors.values()) await stop()
  }
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.resolve())
  let step = 'Build the admin interface, where it is not up to date'
  try {
    console.log(paint(1, '\nCrosswalk demo: discover, map, test and run, as in the quickstart\n'))
    let begunAt = performance.now()
    const done = (outcome: string) => {
      console.log(`${paint(32, '✔')} ${step} ${paint(2, `${Math.round(performance.now() - begunAt)} ms`)}`)
      for (const line of outcome.split('\n').filter(Boolean)) console.log(`    ${line}`)
      begunAt = performance.now()
    }
    done(await buildAdmin())
    step = 'Start PostgreSQL, the API, a worker and a simulated vendor'
    const [startedVendor, startedPlatform] = await Promise.all([startVendor(), startPlatform()])
    vendor = startedVendor.child
    platform = startedPlatform.child
    const running = await readRunning(environment.dataDir)
    const url = running?.url ?? startedPlatform.url
    done(`${url}`)
    const keyFile = adminApiKeyFile(environment.dataDir)
    const key = environment.adminApiKey ?? (await readFile(keyFile, 'utf8')).trim()
    const call = apiOf(url, key)
    const state = { vendorUrl: startedVendor.url, vendorKey }
    for (const next of demoSteps) {
      step = next.title
      done(await next.run(call, state))
    }
    vendors = await startVendors()
    endTests = () => cancelTests(call)
    for (const next of vendorSteps) {
      step = next.title
      done(await next.run(call, vendors))
    }
    console.log(
      paint(
        1,
        `\nAll ${demoSteps.length + vendorSteps.length + 2} steps done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`,
      ),
    )
    if (isOnce) return 0
    const { token } = await call('POST', '/api/session/tokens')
    console.log(`
  Open                      ${url}/sign-in#token=${token}
                            (this link signs in once; later, the API key does)
  API and its description   ${url}/api/docs
  API key                   ${environment.adminApiKey === null ? relative(process.cwd(), keyFile) : 'the one in CROSSWALK_ADMIN_API_KEY'}
  Your code                 ${relative(process.cwd(), environment.workspaceDir) || '.'}
  Its data                  ${relative(process.cwd(), environment.dataDir) || '.'}, kept for the next demo; nothing else is touched
  Look at                   ${url}/integrations, where four vendors have the same ${customers} customers
                            ${url}/organizations, and what each is in every vendor
                            ${url}/integrations/ninjaone/match, where a person has to choose
                            ${url}/batches, what the workflows and tests have found
  Try                       ${isOwn ? `export CROSSWALK_DATA_DIR=${demoDataDir}` : 'npm run crosswalk -- workflows list'}
                            npm run crosswalk -- orgs list
                            npm run crosswalk -- run sync_users --org "Acme Corporation"

Stays up until Ctrl+C.`)
    const ended = await Promise.race([asked.promise.then(() => 0), startedPlatform.ended.then(() => 1)])
    console.log('\nStopping.')
    return ended
  } catch (error) {
    const { code, details } = error as { code?: string; details?: unknown }
    console.error(`${paint(31, '✘')} ${step}`)
    console.error(`    ${(error as Error).message}${code && !(error instanceof StartError) ? ` (${code})` : ''}`)
    if (details && JSON.stringify(details) !== '{}') console.error(`    ${JSON.stringify(details)}`)
    return 1
  } finally {
    await stopAll()
  }
}

process.exit(await demo())
