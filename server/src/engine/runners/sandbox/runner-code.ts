import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, globSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { setPriority, constants as system } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renameDurably } from '../../../platform/files/kept-files.ts'
import type { ProcessOrder, RunOrder } from '../../../protocol/channel.ts'
import { RunnerPipe } from '../../channel/runner-pipe.ts'
import { knownOf } from '../runner-load.ts'

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const builder = fileOf('../../../../../scripts/build-runner.ts')
const keeper = fileOf('../../../runner/keep-compiled.ts')
const sampleWorkspace = fileOf('../../../runner/warm-up')
const sdk = fileOf('../../../../../sdk/')
const besidePackages = fileOf('../../../../../node_modules/.cache/crosswalk-code')
const sourceFolders = [fileOf('../../../runner/'), fileOf('../../../protocol/'), join(sdk, 'src')]

const sample: RunOrder = {
  kind: 'workflow',
  name: 'warm_up',
  executionId: '00000000-0000-0000-0000-000000000000',
  organization: { id: '00000000-0000-0000-0000-000000000000', name: 'Warm-up', domains: [], tenantId: null, fields: {} },
  caller: { type: 'api_key', id: 'warm-up', name: 'Warm-up' },
  input: { parameters: { number: 21 } },
}

const load: Extract<ProcessOrder, { type: 'load' }> = { type: 'load', workspace: sampleWorkspace, exclude: [] }

/** Follows a child process until it has ended. */
export type Follow = (child: ChildProcess) => Promise<boolean>

/**
 * Where a runner's own code, the SDK and zod are in few files, instead of in the hundred that they are written in. Another place for other
 * sources. It is the same for every workspace, so it is beside the packages where that can be written. What is in a folder `node_modules`
 * is in no stack that an author is shown.
 *
 * @param isShared false keeps it in the cache folder
 */
export function codeFolder(cacheFolder: string, isShared = true): string {
  const hash = createHash('sha256').update(process.version)
  const zod = createRequire(join(sdk, 'package.json')).resolve('zod/package.json')
  const files = sourceFolders.flatMap((folder) => globSync('**/*.{ts,cjs,json}', { cwd: folder }).map((file) => join(folder, file)))
  for (const file of [builder, zod, ...files.sort()]) {
    if (!existsSync(file)) continue
    const { mtimeMs, size } = statSync(file)
    hash.update(`${file}\0${mtimeMs}\0${size}\0`)
  }
  const name = `runner-${hash.digest('hex').slice(0, 16)}`
  const shared = join(besidePackages, name)
  return isShared && (existsSync(shared) || isWritable(besidePackages)) ? shared : join(cacheFolder, 'node_modules', name)
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** What Node starts, where the code was made. */
export function entryIn(folder: string): string | undefined {
  const entry = join(folder, 'entry.cjs')
  return existsSync(entry) ? entry : undefined
}

/** The functions of the code in a folder, as they were compiled: see `entry.cjs`. */
export function compiledFile(cacheFolder: string, folder: string): string {
  return join(cacheFolder, `${basename(folder)}.compiled`)
}

/** Makes it, in a process of its own that reads no author code. Returns whether it is there. */
export async function buildCode(folder: string, follow: Follow): Promise<boolean> {
  if (!existsSync(builder)) return false
  mkdirSync(dirname(folder), { recursive: true })
  chmodSync(dirname(folder), 0o755)
  const child = spawn(process.execPath, ['--disable-sigusr1', '--no-warnings', builder, folder], { env: {}, stdio: 'ignore' })
  yieldTo(child)
  if (!(await follow(child)) || !existsSync(folder)) return false
  chmodSync(folder, 0o755)
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644)
  return true
}

/** Runs a workflow of ours in a runner that writes down what it compiles, as no runner of author code may. */
export async function warmUp(nodeArgs: readonly string[], entry: string, cacheFolder: string, follow: Follow): Promise<boolean> {
  // V8 takes what was compiled of other code as well, if that is as long.
  const kept = compiledFile(cacheFolder, dirname(entry))
  rmSync(kept, { force: true })
  const made = `${kept}.new`
  const child = spawn(process.execPath, [...nodeArgs, keeper, entry, made], {
    cwd: sampleWorkspace,
    env: { NODE_COMPILE_CACHE: cacheFolder },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  yieldTo(child)
  const socket = child.stdio[3] as Socket // of a spawned process it is one
  child.stdio[4]?.on('error', () => {})
  const key = randomBytes(16).toString('hex')
  let isKnown = false
  let hasRun = false
  const pipe = new RunnerPipe(socket, {
    onMessage: (message) => {
      if (message.type === 'loaded' && !isKnown) {
        isKnown = true
        // As most runners load: what another has described.
        pipe.send({ ...load, known: knownOf(message) })
      } else if (message.type === 'loaded') child.kill('SIGKILL')
      else if (message.type === 'unchanged') pipe.sendOf(key, { type: 'run', ...sample, networkPass: '' })
    },
    onSessionMessage: (_key, message) => {
      if (message.type === 'step') pipe.sendOf(key, { type: 'perform', number: message.number, attempt: 1, idempotencyKey: 'warm-up' })
      else if (message.type === 'performed') pipe.sendOf(key, { type: 'answer', number: message.number, outcome: message.outcome })
      else if (message.type === 'ended') {
        hasRun = message.outcome.ok
        // Its end is in the pipe: then it writes down what it has.
        socket.end()
      }
      return undefined
    },
    onViolation: () => child.kill('SIGKILL'),
  })
  pipe.send(load)
  if (!((await follow(child)) && hasRun && existsSync(made))) return false
  await keep(made, kept)
  return true
}

/** V8 does not notice that a part is missing, and ends: so it is on the disk before it has its name. Node's permission model has no such writing. */
async function keep(made: string, kept: string): Promise<void> {
  const file = await open(made, 'r+')
  try {
    // The user of a runner is another.
    await file.chmod(0o644)
    await file.sync()
  } finally {
    await file.close()
  }
  await renameDurably(made, kept)
}

/** Work that somebody waits for goes first. */
export function yieldTo(child: ChildProcess): void {
  if (child.pid !== undefined) setPriority(child.pid, system.priority.PRIORITY_LOW)
}
