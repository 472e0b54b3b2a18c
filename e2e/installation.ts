import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createTestDatabase } from '../server/testing/test-database.ts'
import { type MyIntegrationVendorOptions, startMyIntegrationVendor } from '../simulators/src/my-integration.ts'

const root = dirname(import.meta.dirname)
/** What the simulated vendor lets in. */
export const vendorKey = 'key-of-the-simulated-vendor'

type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<never>

/** Resolves to the address that the process says it listens on. */
async function addressOf(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000)
  })
  if (!child.stdout) throw new TypeError('The process has no output to read.')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listens on (\S+)/.exec(line)?.[1]
    if (url) return url
  }
  throw new Error(`Crosswalk did not start: ${errors}`)
}

/** Calls the API as an administrator does, to prepare what a test is not about. */
function callsOf(url: string, key: string): Call {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return (text === '' ? null : JSON.parse(text)) as never // the test knows what it asked for
  }
}

type InstallationOptions = Pick<MyIntegrationVendorOptions, 'organizations'> & {
  /** Which integrations that come along are on. Default none. */
  integrations?: 'all' | 'none'
  /** Author files beside those of the workspace, with their text. */
  files?: Record<string, string>
  /** Settings beside those that every test has. */
  environment?: Record<string, string>
  /** Its own PostgreSQL takes seconds to be made. Default: a database of the PostgreSQL of the tests, migrated already. */
  database?: 'own'
}

/** The workspace, or a copy of it with more files. */
async function prepareWorkspace(folder: string, files: Record<string, string>): Promise<string> {
  const ours = join(root, 'workspace')
  if (Object.keys(files).length === 0) return ours
  const copy = join(folder, 'workspace')
  await cp(ours, copy, { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [file, text] of Object.entries(files)) await writeFile(join(copy, file), text)
  return copy
}

/** A whole installation, as `npm start` makes it, beside a simulated vendor. */
export async function startInstallation(given: InstallationOptions = {}) {
  const { files = {}, integrations = 'none', environment = {}, database: wanted, ...options } = given
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build-admin.ts')])
  const folder = await mkdtemp(join(tmpdir(), 'crosswalk-e2e-'))
  const dataDir = join(folder, 'data')
  const workspace = await prepareWorkspace(folder, files)
  const database = wanted === 'own' ? undefined : await createTestDatabase()
  const vendor = await startMyIntegrationVendor({ apiKey: vendorKey, ...options })
  let port = '0'
  const run = async () => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'server/src/main.ts'), 'start'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CROSSWALK_DATA_DIR: dataDir,
        CROSSWALK_PORT: port,
        CROSSWALK_EGRESS_ALLOW: 'localhost,127.0.0.0/8,::1',
        CROSSWALK_LOG_LEVEL: 'warn',
        CROSSWALK_WORKSPACE: workspace,
        // What comes along is the subject of tests of its own.
        CROSSWALK_INTEGRATIONS: integrations,
        DATABASE_URL: database?.url ?? '',
        ...environment,
      },
    })
    return { child, url: await addressOf(child) }
  }
  let running = await run()
  port = new URL(running.url).port
  const stop = async () => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return
    const ended = once(running.child, 'exit')
    running.child.kill('SIGTERM')
    await ended
  }
  const key = (await readFile(join(dataDir, 'admin-api-key'), 'utf8')).trim()
  const call = callsOf(running.url, key)
  return {
    url: running.url,
    databaseUrl: database?.url ?? '',
    key,
    call,
    vendor,
    /** The folder of the author's files; its own where files were given. */
    workspace,
    stop,
    /** Starts it again on the same port and data. */
    async start() {
      running = await run()
    },
    /** Sets what the quickstart sets before its step 3: the vendor's key and address. */
    async giveCredentials() {
      await call('POST', '/secrets', { key: 'myintegration_api_key', value: vendorKey, scope: 'global' })
      await call('PUT', '/config/myintegration_api_url', { value: vendor.url, scope: 'global' })
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await vendor.stop()
      await database?.[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

export type Installation = Awaited<ReturnType<typeof startInstallation>>
