import { access, constants, readFile, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { chooseAccount } from '@crosswalk/server/embedded-postgres-account'
import { locateBinaries } from '@crosswalk/server/embedded-postgres-binaries'
import type { DataDirectoryFacts } from './machine.checks.ts'
import type { PortFacts } from './service.checks.ts'

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** The version of the Node in the packages. */
export async function lookForPinnedNode(): Promise<string | undefined> {
  try {
    const about: unknown = JSON.parse(await readFile(new URL('../../../../node_modules/node/package.json', import.meta.url), 'utf8'))
    return typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : undefined
  } catch {
    return undefined
  }
}

export async function lookAtDataDirectory(path: string): Promise<DataDirectoryFacts> {
  try {
    if (!(await stat(path)).isDirectory()) return { path, state: 'not_a_directory' }
    await access(path, constants.W_OK | constants.X_OK)
    return { path, state: 'writable' }
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' ? { path, state: 'missing' } : { path, state: 'not_writable', reason: code }
  }
}

/** The permission bits of a file, or undefined. */
export async function modeOf(path: string): Promise<number | undefined> {
  // Windows has no such bits, and Node makes some up.
  if (process.platform === 'win32') return undefined
  return stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  )
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Free bytes where the path is or would be made. */
export async function lookAtDiskSpace(path: string): Promise<number> {
  const there = await stat(path).then(
    () => true,
    () => false,
  )
  if (!there && dirname(path) !== path) return lookAtDiskSpace(dirname(path))
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

export async function lookForPostgres(directory: string): Promise<{ major: string } | { problem: string }> {
  try {
    return await locateBinaries(await chooseAccount(directory))
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Tries to listen for a moment. */
export async function lookAtPort(host: string, port: number, isOurs: boolean): Promise<PortFacts> {
  if (isOurs) return { host, port, state: 'ours' }
  const server = createServer()
  const code = await new Promise<string>((resolve) => {
    server.once('error', (error) => resolve(codeOf(error)))
    server.listen(port, host, () => server.close(() => resolve('')))
  })
  if (code === '') return { host, port, state: 'free' }
  if (code === 'EADDRINUSE') return { host, port, state: 'taken' }
  return { host, port, state: code === 'EACCES' ? 'not_allowed' : 'no_such_address' }
}
