import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loopback } from '../src/platform/egress-rules.ts'
import { workerDataDir } from './runner-cache.ts'
import { testAdminKey, testMasterKey } from './test-app.ts'
import { testWorkspace } from './test-worker.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

type Options = { workspace?: string; arguments?: string[]; env?: Record<string, string> }

/** Starts a real worker process on a test's database, and resolves when it takes executions. */
export async function startWorkerProcess(databaseUrl: string, options: Options = {}): Promise<ChildProcess> {
  return (await startMain('worker', databaseUrl, options)).child
}

/** Starts a real API process on a test's database, and resolves when it listens. */
export async function startApiProcess(databaseUrl: string, options: Options = {}): Promise<{ child: ChildProcess; url: string }> {
  const { child, url } = await startMain('api', databaseUrl, options)
  if (url === undefined) throw new Error('The API does not say where it listens.')
  return { child, url }
}

async function startMain(command: string, databaseUrl: string, options: Options): Promise<{ child: ChildProcess; url?: string }> {
  const env = {
    PATH: process.env.PATH,
    // The code as it was compiled before: a third less work for each start.
    ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
    DATABASE_URL: databaseUrl,
    CROSSWALK_MASTER_KEY: testMasterKey,
    CROSSWALK_ADMIN_API_KEY: testAdminKey,
    CROSSWALK_WORKSPACE: options.workspace ?? testWorkspace,
    CROSSWALK_INTEGRATIONS: 'none',
    CROSSWALK_TAKEOVER_SECONDS: '3',
    CROSSWALK_LOG_LEVEL: process.env.CROSSWALK_LOG_LEVEL ?? 'fatal',
    CROSSWALK_PORT: '0',
    // A busy machine is no fault.
    CROSSWALK_OVERLOADED_AFTER_MS: '0',
    CROSSWALK_DATA_DIR: workerDataDir(),
    CROSSWALK_EGRESS_ALLOW: loopback,
    ...options.env,
  }
  const child = fork(main, [command, ...(options.arguments ?? [])], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const { url } = await new Promise<{ url?: string }>((resolve, reject) => {
    child.once('message', (message) => {
      const told = message as { type: string; url?: string }
      if (told.type === 'ready') resolve(told)
      else reject(new Error(JSON.stringify(message)))
    })
    child.once('exit', (code) => reject(new Error(`The ${command} ended with ${code}.`)))
  })
  return { child, ...(url === undefined ? {} : { url }) }
}

/** Sends a signal to a process of the test's own, and resolves when it has ended. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
