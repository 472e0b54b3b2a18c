import type { Environment } from '../../../platform/environment.ts'
import { ownLeaf } from './control-groups.ts'

/** What stands between author code and the machine, the strongest first. Each has all that comes after it, but for `setpriv`. */
export const isolations = ['bubblewrap', 'unshare', 'setpriv', 'none'] as const
export type Isolation = (typeof isolations)[number]

export type SandboxMode = Environment['sandbox']

/** As whom a runner runs: a user of its own, the one that runs the worker, or root where nothing else was possible. */
export type RunnerUser = 'own' | 'same' | 'root'

/** The layers that hold on this machine, found by trying them. */
export type Layers = {
  isolation: Isolation
  user: RunnerUser
  /** The kernel refuses the calls that a runner has no use for. */
  hasSyscallFilter: boolean
  /** Limits on processes, descriptors and files. */
  hasLimits: boolean
  /** Why the kernel does not limit the memory of each runner, in a part of a sentence. Null where it does. */
  memoryProblem: string | null
  /** Why the stronger layers do not hold, one sentence each, in the order of their strength. */
  refused: { isolation: Isolation; reason: string }[]
  mode: SandboxMode
}

/** Namespaces are what `required` asks for: files, processes and the network of the machine are out of sight. */
export function hasNamespaces({ isolation }: Pick<Layers, 'isolation'>): boolean {
  return isolation === 'bubblewrap' || isolation === 'unshare'
}

/** Author code cannot write a file of ours, even where it gets past Node. */
export function keepsFilesFromWriting(layers: Pick<Layers, 'isolation' | 'user'>): boolean {
  return hasNamespaces(layers) || layers.user === 'own'
}

const holds: Record<Isolation, string> = {
  bubblewrap: 'bubblewrap (own files, processes and network)',
  unshare: 'namespaces by unshare (own files, processes and network)',
  setpriv: "an unprivileged user and Node's permission model; namespaces are missing",
  none: "Node's permission model alone",
}
const asWhom: Record<RunnerUser, string> = { own: 'a user of their own', same: 'the user of the worker', root: 'root' }

/** What holds, in a sentence or two for an operator. */
export function describeLayers(layers: Layers, platform: NodeJS.Platform = process.platform): string {
  const { mode, isolation, user, hasSyscallFilter, hasLimits, memoryProblem } = layers
  const more = [
    ...(hasSyscallFilter ? ['a system call filter'] : []),
    ...(hasLimits ? ['resource limits'] : []),
    ...(memoryProblem === null ? ['a memory group of the kernel for each runner'] : []),
  ]
  const given = mode === 'off' ? ' (CROSSWALK_SANDBOX=off)' : ''
  const confined = `Author code is confined by ${holds[isolation]}${more.length > 0 ? `, with ${listed(more)}` : ''}, and runs as ${asWhom[user]}${given}.`
  // Not a fault that an installation must mend: so it is told beside what holds, and does not make it unready.
  return memoryProblem === null || mode === 'off' || platform !== 'linux' ? confined : `${confined} ${describeMemoryProblem(memoryProblem)}`
}

function describeMemoryProblem(problem: string): string {
  return (
    `The kernel does not limit its memory, which is looked at twice a second (${problem}). To get the limit, set Delegate=memory and ` +
    `DelegateSubgroup=${ownLeaf} in the systemd unit, or make /sys/fs/cgroup writable in the container.`
  )
}

function listed(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words.join('')
}

/** What is missing and how to get it. Undefined where namespaces hold. */
export function describeMissing(layers: Layers, platform: NodeJS.Platform = process.platform): string | undefined {
  const rootRemedy = 'Let others read the checkout and the workspace (chmod -R go+rX), or run Crosswalk as a user that is not root.'
  if (hasNamespaces(layers)) {
    if (layers.user !== 'root') return undefined
    return `Author code runs as root, without privileges and behind namespaces, because no other user can read what it needs. ${rootRemedy}`
  }
  const exposed = 'Run only code that you trust with this machine.'
  if (layers.mode === 'off')
    return `The operating system does not confine author code, because CROSSWALK_SANDBOX is off. ${exposed} Unset it.`
  if (platform !== 'linux')
    return `On this system only Node confines author code. ${exposed} For a boundary by the operating system, run workers on Linux.`
  const reasons = layers.refused.map(({ isolation, reason }) => `${isolation}: ${reason}`).join('; ')
  const root = layers.user === 'root' ? ` Author code runs as root. ${rootRemedy}` : ''
  return (
    `Namespaces are missing (${reasons}). ${exposed} ` +
    'To get them, install bubblewrap and allow user namespaces (in a container: --cap-add SYS_ADMIN with --security-opt seccomp=unconfined ' +
    `and apparmor=unconfined; on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0).${root}`
  )
}
