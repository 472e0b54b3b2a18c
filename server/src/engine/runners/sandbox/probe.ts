import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../../../platform/start-error.ts'
import type { Confined, Launch } from './confined.ts'
import { firstDescriptor, type LaunchGiven, launch } from './launch.ts'
import { describeMissing, hasNamespaces, type Isolation, isolations, type Layers, type RunnerUser, type SandboxMode } from './layers.ts'
import { type MemoryGroups, openMemoryGroups } from './memory-groups.ts'
import { findPrograms, type Programs } from './programs.ts'
import { syscallFilter } from './syscall-filter.ts'

/** Starts what author code runs in, behind the layers that this machine allows. */
export type Sandbox = {
  layers: Layers
  launch(confined: Confined): Launch
  /** For the memory of each runner. Undefined where this machine does not allow them. */
  memoryGroups: MemoryGroups | undefined
  /** Closes its own files. */
  close(): void
}

/** A look at what a runner must be able to read; and that its network is its own, where that was asked for. */
const look = `
const fs = require('node:fs')
for (const path of process.argv.slice(1)) fs.statSync(path).isDirectory() ? fs.readdirSync(path) : fs.readFileSync(path)
process.stdout.write('confined')
`
const probeMs = 10_000
const word = 'confined'

/**
 * Finds the strongest layers that hold on this machine, by starting Node behind each in turn.
 *
 * @throws StartError sandbox_unavailable - namespaces are required, and this machine does not allow them
 * @param readable files and folders that runners read: a layer whose user cannot read them does not hold
 */
export async function probeSandbox(given: {
  mode: SandboxMode
  readable: readonly string[]
  folder: string
  /** Tries only these. Default: all. */
  among?: readonly Isolation[]
  programs?: Programs
}): Promise<Sandbox> {
  const programs = given.programs ?? findPrograms()
  const isRoot = process.getuid?.() === 0
  const { filterFiles, close } = keepFilters()
  const refused: Layers['refused'] = []
  const asked = given.mode === 'off' ? (['none'] as const) : (given.among ?? isolations)
  for (const isolation of isolations.filter((candidate) => asked.includes(candidate))) {
    const missing = missingPrograms(isolation, programs, isRoot)
    if (missing !== undefined) {
      refused.push({ isolation, reason: missing })
      continue
    }
    let reason = ''
    for (const trial of trials(isolation, { programs, filterFiles })) {
      const problem = given.mode === 'off' ? undefined : await tryOut(trial, given.readable, given.folder)
      if (problem !== undefined) {
        reason ||= problem
        continue
      }
      const { user, hasSyscallFilter, hasLimits } = trial
      const memory = given.mode === 'off' ? { problem: 'CROSSWALK_SANDBOX is off' } : await openMemoryGroups()
      const [memoryGroups, memoryProblem] = 'problem' in memory ? [undefined, memory.problem] : [memory, null]
      const layers: Layers = { isolation, user, hasSyscallFilter, hasLimits, memoryProblem, refused, mode: given.mode }
      if (given.mode === 'required' && !hasNamespaces(layers)) {
        close()
        throw new StartError('sandbox_unavailable', `CROSSWALK_SANDBOX is required. ${describeMissing(layers)}`)
      }
      return { layers, launch: (confined) => launch(trial, confined), memoryGroups, close }
    }
    refused.push({ isolation, reason })
  }
  close()
  throw new Error(`Node cannot be started for author code: ${refused.map(({ isolation, reason }) => `${isolation}: ${reason}`).join('; ')}`)
}

/**
 * The ways to try one isolation, with all that helps first: a filter or limits that do not work here must not cost the namespaces, nor must
 * a checkout that only root can read.
 */
function* trials(isolation: Isolation, given: Pick<LaunchGiven, 'programs' | 'filterFiles'>): Generator<LaunchGiven> {
  const { programs, filterFiles } = given
  const isRoot = process.getuid?.() === 0
  const users: RunnerUser[] = !isRoot
    ? ['same']
    : hasNamespaces({ isolation })
      ? ['own', 'root']
      : isolation === 'setpriv'
        ? ['own']
        : ['root']
  const hasFilter = isolation === 'bubblewrap' && filterFiles.none !== undefined
  const hasLimits = programs.prlimit !== undefined
  for (const user of users) {
    yield { ...given, isolation, user, hasSyscallFilter: hasFilter, hasLimits }
    if (hasFilter) yield { ...given, isolation, user, hasSyscallFilter: false, hasLimits }
    if (hasLimits) yield { ...given, isolation, user, hasSyscallFilter: false, hasLimits: false }
  }
}

/** Files that are open and have no name any more: nothing is left of them however this process ends. */
function keepFilters(): { filterFiles: LaunchGiven['filterFiles']; close: () => void } {
  const filterFiles: LaunchGiven['filterFiles'] = {}
  const descriptors: number[] = []
  const folder = mkdtempSync(join(tmpdir(), 'crosswalk-sandbox-'))
  try {
    for (const network of process.platform === 'linux' ? (['host', 'none'] as const) : []) {
      const filter = syscallFilter(network)
      if (!filter) continue
      const file = join(folder, `${network}.bpf`)
      writeFileSync(file, filter, { mode: 0o600 })
      const descriptor = openSync(file, 'r')
      descriptors.push(descriptor)
      // Opened by this path, it is read from its start each time.
      filterFiles[network] = `/proc/self/fd/${descriptor}`
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { filterFiles, close: () => descriptors.splice(0).forEach(closeSync) }
}

function missingPrograms(isolation: Isolation, programs: Programs, isRoot: boolean): string | undefined {
  const needed: Record<Isolation, (keyof Programs)[]> = {
    bubblewrap: isRoot ? ['bwrap', 'setpriv'] : ['bwrap'],
    unshare: ['unshare', 'setpriv', 'sh', 'mount', 'umount', 'pivot_root'],
    setpriv: ['setpriv'],
    none: [],
  }
  if (process.platform !== 'linux' && isolation !== 'none') return 'is for Linux'
  if (isolation === 'setpriv' && !isRoot) return 'only root can give a runner a user of its own'
  const missing = needed[isolation].filter((program) => programs[program] === undefined)
  return missing.length > 0 ? `${missing.join(', ')} is not installed` : undefined
}

/** @returns why it does not work, in one sentence of the system's, or undefined */
async function tryOut(given: LaunchGiven, readable: readonly string[], folder: string): Promise<string | undefined> {
  const started = launch(given, {
    command: [process.execPath, '--no-warnings', '-e', look, ...readable],
    readable,
    hidden: [],
    folder,
    env: {},
    network: 'none',
  })
  const child = spawn(started.command, started.args, {
    cwd: started.cwd,
    env: started.env,
    stdio: ['ignore', 'pipe', 'pipe', ...Array<'ignore'>(firstDescriptor - 3).fill('ignore'), ...started.descriptors],
    timeout: probeMs,
    killSignal: 'SIGKILL',
  })
  started.release()
  let output = ''
  let words = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)))
  const code = await new Promise<number | null | Error>((resolve) => {
    child.once('error', resolve)
    child.once('close', resolve)
  })
  if (code === 0 && output === word) return undefined
  if (code instanceof Error) return code.message
  const line = /^(?:Error: |\w*Error: )?(.*(?:EACCES|EPERM|denied|not permitted|No such|failed|cannot|invalid).*)$/im.exec(words)?.[1]
  return (line ?? words.trim().split('\n')[0] ?? '').slice(0, 200) || `ended with ${code ?? 'a signal'}`
}
