import { closeSync, openSync } from 'node:fs'
import { bubblewrapCommand } from './bubblewrap.ts'
import type { Confined, Launch } from './confined.ts'
import type { Layers } from './layers.ts'
import type { Programs } from './programs.ts'
import { runnerUid } from './runner-uids.ts'
import { unshareCommand } from './unshare.ts'
import { makeView } from './view.ts'

export type LaunchGiven = Pick<Layers, 'isolation' | 'user' | 'hasSyscallFilter' | 'hasLimits'> & {
  programs: Programs
  /** A file with the filter for each kind of network, readable for the worker. */
  filterFiles: Partial<Record<'host' | 'none', string>>
}

/** The descriptors below are the caller's. */
export const firstDescriptor = 7

/** A runner has about 12 threads, which count as processes here. */
const maxProcesses = 64
const maxDescriptors = 512

/** Makes the command that runs Node behind the given layers. */
export function launch(given: LaunchGiven, confined: Confined): Launch {
  const { programs, isolation } = given
  // Also where nothing but root could read the checkout, it is called something else behind the namespaces, and has no more rights there.
  const uid = given.user === 'own' || (given.user === 'root' && isolation !== 'none') ? runnerUid() : undefined
  const becomes = given.user === 'own'
  const base = { cwd: '/', env: { ...confined.env }, descriptors: [], release() {}, uid }
  if (isolation === 'none' || isolation === 'setpriv') {
    const [command, ...args] = chain(given, confined, uid)
    return { ...base, command: command as string, args, cwd: confined.folder } // a chain ends with Node at least
  }
  const command = chain(given, confined, becomes ? uid : undefined)
  const helpers = [programs.prlimit, programs.setpriv, isolation === 'unshare' ? programs.unshare : undefined]
  const view = makeView({
    programs: [confined.command[0], ...helpers.filter((program) => program !== undefined)],
    readable: confined.readable,
    hidden: confined.hidden,
    network: confined.network,
  })
  if (isolation === 'unshare') return { ...base, ...unshareCommand(programs, { view, command, confined, becomes, uid }) }
  const filterFile = given.hasSyscallFilter ? given.filterFiles[confined.network] : undefined
  const filter = filterFile === undefined ? undefined : openSync(filterFile, 'r')
  return {
    ...base,
    ...bubblewrapCommand(programs, {
      view,
      command,
      confined,
      becomes,
      uid,
      filter: filter === undefined ? undefined : firstDescriptor,
    }),
    descriptors: filter === undefined ? [] : [filter],
    release: () => filter !== undefined && closeSync(filter),
  }
}

/** Programs that each do one thing and become the next: limits, then the user and its privileges, then Node. */
function chain({ programs, isolation, hasLimits }: LaunchGiven, { command }: Confined, uid: number | undefined): string[] {
  const hasOwnCount = uid !== undefined || isolation === 'bubblewrap' || isolation === 'unshare'
  const limits = [
    // Counted by user: one that has other processes would be stopped by those.
    ...(hasOwnCount ? [`--nproc=${maxProcesses}:${maxProcesses}`] : []),
    `--nofile=${maxDescriptors}:${maxDescriptors}`,
    '--fsize=0:0',
    '--core=0:0',
  ]
  const ids = uid === undefined ? [] : ['--reuid', String(uid), '--regid', String(uid), '--clear-groups']
  const isPrivileged = uid !== undefined || (isolation === 'none' && process.getuid?.() === 0)
  const drops = isPrivileged ? ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'] : []
  return [
    ...(hasLimits && programs.prlimit ? [programs.prlimit, ...limits, '--'] : []),
    ...(programs.setpriv ? [programs.setpriv, ...ids, '--no-new-privs', ...drops, '--'] : []),
    ...command,
  ]
}
