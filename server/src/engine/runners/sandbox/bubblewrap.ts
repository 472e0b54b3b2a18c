import type { Confined, Launch } from './confined.ts'
import type { Programs } from './programs.ts'
import { foldersAbove, type View } from './view.ts'

const devices = ['/dev/null', '/dev/urandom']

/** The command line for bubblewrap: namespaces and a root of read-only binds, then the command in it. */
export function bubblewrapCommand(
  programs: Programs,
  given: {
    view: View
    command: readonly string[]
    confined: Confined
    becomes: boolean
    uid: number | undefined
    filter: number | undefined
  },
): Pick<Launch, 'command' | 'args'> {
  const { view, command, confined, becomes, uid, filter } = given
  const { folders, files, hidden, links } = view
  const above = new Set([...folders, ...files, ...devices, ...links.map(({ path }) => path)].flatMap(foldersAbove))
  return {
    command: programs.bwrap as string, // the layer holds only where it is there
    args: [
      ...(becomes
        ? // It becomes its own user inside, once all is mounted, and has no capabilities from then on.
          ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((capability) => ['--cap-add', capability])
        : ['--unshare-user', '--disable-userns', ...(uid === undefined ? [] : ['--uid', String(uid), '--gid', String(uid)])]),
      ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ...(confined.network === 'none' ? ['--unshare-net'] : []),
      ...['--hostname', 'runner', '--die-with-parent', '--new-session'],
      // What it makes by itself is for root only.
      ...[...above].flatMap((path) => ['--perms', '0755', '--dir', path]),
      ...[...folders, ...files].flatMap((path) => ['--ro-bind', path, path]),
      ...links.flatMap(({ path, target }) => ['--symlink', target, path]),
      ...devices.flatMap((path) => ['--dev-bind', path, path]),
      ...['--proc', '/proc'],
      ...hidden.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
      ...['--remount-ro', '/', '--chdir', confined.folder],
      ...(filter === undefined ? [] : ['--seccomp', String(filter)]),
      '--',
      ...command,
    ],
  }
}
