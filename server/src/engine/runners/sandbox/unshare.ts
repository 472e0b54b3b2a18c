import { readFileSync } from 'node:fs'
import type { Confined, Launch } from './confined.ts'
import type { Programs } from './programs.ts'
import { foldersAbove, type View } from './view.ts'

/** Where the new root is put together: every Linux has the folder, and nothing that a runner reads lies in it. */
const site = '/sys'

/**
 * The command line for util-linux: namespaces, then a script in them that puts together a root of read-only binds, and runs the command in
 * it. The script stays as the first process of its namespace, and all in there end with it: it ends with us, as what changes its user does not.
 */
export function unshareCommand(
  programs: Programs,
  given: { view: View; command: readonly string[]; confined: Confined; becomes: boolean; uid: number | undefined },
): Pick<Launch, 'command' | 'args'> {
  const { view, command, confined, becomes, uid } = given
  const script = [
    'set -e',
    ...newRoot(programs, view, becomes),
    `cd ${quoted(confined.folder)}`,
    'code=0',
    // A user namespace of its own, in which it is not the root that the mounts were made as.
    `${[...(becomes ? [] : asUser(programs, uid)), ...command].map(quoted).join(' ')} || code=$?`,
    'exit $code',
  ].join('\n')
  return {
    command: programs.unshare as string, // the layer holds only where it is there
    args: [
      ...(becomes ? [] : ['--user', '--map-root-user']),
      ...['--mount', '--pid', '--ipc', '--uts', '--cgroup', '--fork', '--kill-child'],
      ...(confined.network === 'none' ? ['--net'] : []),
      '--',
      programs.sh as string,
      '-c',
      script,
    ],
  }
}

function asUser(programs: Programs, uid = process.getuid?.() ?? 0): string[] {
  const gid = uid === process.getuid?.() ? process.getgid?.() : uid
  return [programs.unshare as string, '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--']
}

function newRoot({ mount, umount, pivot_root }: Programs, { folders, files, hidden, links }: View, isRealRoot: boolean): string[] {
  const within = (path: string) => quoted(`.${path}`)
  const devices = ['/dev/null', '/dev/urandom']
  const above = [...folders, ...files, ...devices, ...links.map(({ path }) => path)].flatMap(foldersAbove)
  // Flags that a mount has already may not be taken from it in a user namespace.
  const flagsOf = isRealRoot ? () => '' : mountFlags()
  const bind = (path: string) => `${mount} --bind -o ro${flagsOf(path)} ${quoted(path)} ${within(path)}`
  return [
    `${mount} -t tmpfs -o mode=755,size=1m,nosuid,nodev none ${site}`,
    `cd ${site}`,
    `mkdir -p ${[...new Set([...above, ...folders, '/proc', '/old'])].map(within).join(' ')}`,
    `touch ${[...files, ...devices].map(within).join(' ')}`,
    ...links.map(({ path, target }) => `ln -s ${quoted(target)} ${within(path)}`),
    ...[...folders, ...files].map(bind),
    ...devices.map((path) => `${mount} --bind ${path} ${within(path)}`),
    ...hidden.map((path) => `${mount} -t tmpfs -o ro,size=4k none ${within(path)}`),
    `${mount} -t proc -o nosuid,nodev,noexec proc proc`,
    `${pivot_root} . old`,
    'cd /',
    `/old${mount} -o remount,ro,nosuid,nodev,mode=755,size=1m none /`,
    `/old${umount} -l /old`,
  ]
}

/** Reads how everything is mounted here: for a path, the flags that must be kept. */
function mountFlags(): (path: string) => string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length > 5)
    .map((fields) => ({ point: unescaped(fields[4] as string), flags: (fields[5] as string).split(',') })) // both are there: more than 5
  return (path) => {
    let found: { point: string; flags: string[] } | undefined
    for (const entry of mounts) {
      const isAbove = entry.point === '/' || path === entry.point || path.startsWith(`${entry.point}/`)
      if (isAbove && (!found || entry.point.length >= found.point.length)) found = entry
    }
    return ['nosuid', 'nodev', 'noexec']
      .filter((flag) => found?.flags.includes(flag))
      .map((flag) => `,${flag}`)
      .join('')
  }
}

/** Blanks and the like are written as octal numbers there. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
