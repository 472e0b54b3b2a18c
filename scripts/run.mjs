// node scripts/run.mjs <program> [arguments]: installs what is missing, then runs the program under the Node that the lockfile pins.
import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InstallError, installIfMissing, pinnedNode, root } from './install.mjs'

/** The program takes the place of this process, so there is nothing between it and the sender of signals. */
function become(node, args, env) {
  process.execve(node, [node, ...args], env)
}

/** For a Node that cannot do that: the program is a child, gets our signals, and ends when we are killed. */
async function runAsChild(node, args, env) {
  if (env.CROSSWALK_PARENT) {
    process.env.CROSSWALK_PARENT = env.CROSSWALK_PARENT
    await import('./end-with-parent.mjs')
  }
  const child = spawn(node, args, { stdio: 'inherit', env: { ...env, CROSSWALK_PARENT: String(process.pid) } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    writeSync(2, `${node} cannot be run (${error.message}). Delete node_modules and run the command again.\n`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal])
  })
}

const [program, ...args] = process.argv.slice(2)
// Somebody who starts the program without npm may leave it running when their shell ends.
const parent = process.env.npm_lifecycle_event ? { CROSSWALK_PARENT: String(process.ppid) } : {}
try {
  if (!program) throw new InstallError('Use: node scripts/run.mjs <program> [arguments]')
  await installIfMissing()
  const endWithParent = pathToFileURL(join(root, 'scripts', 'end-with-parent.mjs')).href
  const nodeArgs = [
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    '--import',
    endWithParent,
    resolve(root, program),
    ...args,
  ]
  // The compiled program is kept, types stripped: starting is faster, and the processes are a third smaller.
  const env = {
    ...process.env,
    ...parent,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(root, 'node_modules', '.cache', 'crosswalk'),
  }
  if (process.execve && process.platform !== 'win32') become(pinnedNode(root), nodeArgs, env)
  else await runAsChild(pinnedNode(root), nodeArgs, env)
} catch (error) {
  if (!(error instanceof InstallError)) throw error
  writeSync(2, `${error.message}\n`)
  process.exitCode = 1
}
