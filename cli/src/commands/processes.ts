import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { makeCommand } from '../command.ts'

const main = fileURLToPath(import.meta.resolve('@crosswalk/server/main'))
const endWithParent = new URL('../../../scripts/end-with-parent.mjs', import.meta.url).href

/** The server's process takes the place of this one, so that signals reach it and its exit code is ours. */
function handOver(args: string[]): Promise<never> {
  // A signal must not open an inspector in a process that holds keys.
  const execArgv = [...new Set([...process.execArgv, '--disable-sigusr1'])]
  if (process.execve && process.platform !== 'win32')
    process.execve(process.execPath, [process.execPath, ...execArgv, main, ...args], { ...process.env })
  return new Promise((_resolve, reject) => {
    const env = { ...process.env, CROSSWALK_PARENT_DESCRIPTOR: '3' }
    const child = spawn(process.execPath, [...execArgv, '--import', endWithParent, main, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env,
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    child.once('error', reject)
    child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

/** The commands that are processes of the server. They are configured by the environment. */
export function processCommands(): Command[] {
  const watching = (command: Command) => command.option('--watch', 'load the workspace again when it changes')
  const run = (command: Command, name: string) =>
    command.action((options: { watch?: boolean }) => handOver([name, ...(options.watch ? ['--watch'] : [])]))
  return [
    run(
      watching(
        makeCommand('start', 'Start everything on this machine: PostgreSQL unless DATABASE_URL is set, API and UI, workers.', [
          'start',
          'start --watch',
        ]),
      ),
      'start',
    ),
    run(makeCommand('api', 'Start one process that answers HTTP. Needs DATABASE_URL.', ['api']), 'api'),
    run(watching(makeCommand('worker', 'Start one process that runs work. Needs DATABASE_URL.', ['worker'])), 'worker'),
    run(makeCommand('migrate', "Bring the database to this version's schema.", ['migrate']), 'migrate'),
  ]
}
