import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, relative } from 'node:path'

/** What a runner sees of the machine's files, read-only. Everything else is not there. */
export type View = {
  files: readonly string[]
  folders: readonly string[]
  /** At these places a runner sees an empty folder, though they lie in one that it sees. */
  hidden: readonly string[]
  /** Symbolic links of the system that lead to what is seen. */
  links: readonly { path: string; target: string }[]
}

const libraryFolders = ['/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/local/lib', '/lib', '/lib32', '/lib64']
const nameFiles = ['/etc/hosts', '/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/host.conf', '/etc/gai.conf']

/**
 * The shared libraries, the programs that start a runner, and what it reads.
 *
 * @param programs files that are run on the way to the runner, and Node itself
 * @param readable what the runner reads; what is not there is left out
 */
export function makeView(given: {
  programs: readonly string[]
  readable: readonly string[]
  hidden: readonly string[]
  network: 'host' | 'none'
}): View {
  const libraries = libraryFolders.filter((path) => existsSync(path))
  const links = libraries.filter((path) => lstatSync(path).isSymbolicLink()).map((path) => ({ path, target: readlinkSync(path) }))
  const system = ['/etc/ld.so.cache', '/etc/ld-musl-x86_64.path', ...(given.network === 'host' ? nameFiles : [])]
  const zone = timeZone()
  const all = [...new Set([...system, ...(zone ? [zone.file] : []), ...given.programs, ...given.readable])].filter((path) =>
    existsSync(path),
  )
  const isFolder = (path: string) => statSync(path).isDirectory()
  const folders = [...libraries.filter((path) => !lstatSync(path).isSymbolicLink()), ...all.filter(isFolder)]
  const isWithin = (path: string, folder: string) => {
    const rest = relative(folder, path)
    return rest === '' || !(rest.startsWith('..') || rest.startsWith('/'))
  }
  // A folder shows what is in it: no second mount.
  const outermost = folders.filter(
    (path, index) => !folders.some((other, at) => at !== index && isWithin(path, other) && (path !== other || at < index)),
  )
  return {
    folders: outermost,
    files: all.filter((path) => !isFolder(path) && !outermost.some((folder) => isWithin(path, folder))),
    hidden: given.hidden.filter((path) => existsSync(path) && outermost.some((folder) => path !== folder && isWithin(path, folder))),
    links: [...links, ...(zone?.link ? [zone.link] : [])],
  }
}

/** Where the machine's time zone is written: a link, whose target's name is the zone's, or a file. */
function timeZone(): { file: string; link?: { path: string; target: string } } | undefined {
  const path = '/etc/localtime'
  try {
    const file = realpathSync(path)
    return file === path ? { file } : { file, link: { path, target: file } }
  } catch {
    return undefined
  }
}

/** Every folder above a path, outermost first, without the root. */
export function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return above === path || above === '/' ? [] : [...foldersAbove(above), above]
}
