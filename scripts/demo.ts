// npm run demo: the quickstart, end to end, over the public HTTP API of an installation with a simulated vendor. Stays up, unless --once.
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { adminApiKeyFile, readRunning } from '../server/src/platform/data-directory.ts'
import { readEnvironment } from '../server/src/platform/environment.ts'
import { StartError } from '../server/src/platform/start-error.ts'
import { type DemoApi, demoSteps } from './demo-steps.ts'

const root = dirname(import.meta.dirname)
const isOnce = process.argv.includes('--once')
const isColoured = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code: number, text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)
const vendorKey = 'demo-key-of-the-simulated-vendor'

/** A process of the demo, which ends with it. */
function run(args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  // The vendor ends when its input closes; a kill of the demo closes it.
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

async function startVendor(): Promise<{ child: ChildProcess; url: string }> {
  const child = run([join(root, 'simulators/src/my-integration.ts'), '--port', '0', '--api-key', vendorKey], process.env)
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return { child, url: (JSON.parse(line) as { url: string }).url }
  throw new Error('The simulated vendor did not start.')
}

/** Starts the platform, and resolves when it says where it listens. */
async function startPlatform(): Promise<{ child: ChildProcess; url: string; ended: Promise<number> }> {
  const child = run([join(root, 'server/src/main.ts'), 'start'], process.env)
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4_000)
  })
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  const listening = (async () => {
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const url = /listens on (\S+)/.exec(line)?.[1]
      if (url) return url
    }
    return undefined
  })()
  const url = await listening
  if (url) return { child, url, ended }
  await ended
  throw new StartError('demo_not_started', words.trim() || 'Crosswalk did not start.')
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
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
  const stopAll = async () => {
    await stop(platform)
    await stop(vendor)
  }
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.resolve())
  let step = 'Start PostgreSQL, the API, a worker and a simulated vendor'
  try {
    console.log(paint(1, '\nCrosswalk demo: discover, map, test and run, as in the quickstart\n'))
    let begunAt = performance.now()
    const done = (outcome: string) => {
      console.log(`${paint(32, '✔')} ${step} ${paint(2, `${Math.round(performance.now() - begunAt)} ms`)}`)
      for (const line of outcome.split('\n').filter(Boolean)) console.log(`    ${line}`)
      begunAt = performance.now()
    }
    const [startedVendor, startedPlatform] = await Promise.all([startVendor(), startPlatform()])
    vendor = startedVendor.child
    platform = startedPlatform.child
    const running = await readRunning(environment.dataDir)
    const url = running?.url ?? startedPlatform.url
    done(`${url}`)
    const { readFile } = await import('node:fs/promises')
    const keyFile = adminApiKeyFile(environment.dataDir)
    const key = environment.adminApiKey ?? (await readFile(keyFile, 'utf8')).trim()
    const call = apiOf(url, key)
    const state = { vendorUrl: startedVendor.url, vendorKey }
    for (const next of demoSteps) {
      step = next.title
      done(await next.run(call, state))
    }
    console.log(paint(1, `\nAll ${demoSteps.length + 1} steps done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`))
    if (isOnce) return 0
    console.log(`
  API and its description   ${url}/api/docs
  API key                   ${environment.adminApiKey === null ? relative(process.cwd(), keyFile) : 'the one in CROSSWALK_ADMIN_API_KEY'}
  Your code                 ${relative(process.cwd(), environment.workspaceDir) || '.'}
  Try                       npm run crosswalk -- orgs list
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
