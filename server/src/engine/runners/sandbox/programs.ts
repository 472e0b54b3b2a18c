import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is that the sandbox is made of. The search path of the worker first, then where systems keep them. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  for (const folder of [...path.split(delimiter).filter((part) => part.startsWith('/')), '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    try {
      const file = join(folder, name)
      accessSync(file, constants.X_OK)
      return realpathSync(file)
    } catch {
      // the next folder may have it
    }
  }
  return undefined
}

/** The programs of this machine that runners can be started with. */
export type Programs = Record<'bwrap' | 'unshare' | 'setpriv' | 'prlimit' | 'sh' | 'mount' | 'umount' | 'pivot_root', string | undefined>

export function findPrograms(): Programs {
  const find = (name: string) => (process.platform === 'linux' ? findProgram(name) : undefined)
  return {
    bwrap: find('bwrap'),
    unshare: find('unshare'),
    setpriv: find('setpriv'),
    prlimit: find('prlimit'),
    sh: find('sh'),
    mount: find('mount'),
    umount: find('umount'),
    pivot_root: find('pivot_root'),
  }
}
