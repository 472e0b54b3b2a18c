import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { testAdminKey, testMasterKey } from './test-app.ts'
import { testWorkspace } from './test-worker.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Starts a real worker process on a test's database, and resolves when it takes executions. */
export async function startWorkerProcess(
  databaseUrl: string,
  options: { workspace?: string; arguments?: string[]; env?: Record<string, string> } = {},
): Promise<ChildProcess> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    CROSSWALK_MASTER_KEY: testMasterKey,
    CROSSWALK_ADMIN_API_KEY: testAdminKey,
    CROSSWALK_WORKSPACE: options.workspace ?? testWorkspace,
    CROSSWALK_TAKEOVER_SECONDS: '3',
    CROSSWALK_LOG_LEVEL: process.env.CROSSWALK_LOG_LEVEL ?? 'fatal',
    ...options.env,
  }
  const child = fork(main, ['worker', ...(options.arguments ?? [])], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message) =>
      (message as { type: string }).type === 'ready' ? resolve() : reject(new Error(JSON.stringify(message))),
    )
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code}.`)))
  })
  return child
}

/** Sends a signal to a process of the test's own, and resolves when it has ended. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
