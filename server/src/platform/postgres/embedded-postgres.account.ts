import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { replaceFile } from '../files/kept-files.ts'
import { StartError, systemCodeOf } from '../start-error.ts'

/** The unprivileged user that PostgreSQL runs as while we are root. */
export type Account = { uid: number; gid: number; name: string }

/** Where every user may enter, for what PostgreSQL needs while we are root and our own directories are closed to others. */
export const openPlace = '/var/lib/crosswalk'

const run = promisify(execFile)

const cannotRunAsRoot = (reason: string) =>
  new StartError(
    'postgres_needs_user',
    `PostgreSQL refuses to run as root, and ${reason}. Run Crosswalk as an ordinary user, or set DATABASE_URL to a PostgreSQL server.`,
  )

async function readAccounts(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

/**
 * Chooses who runs PostgreSQL: undefined, where we are no root and it is ourselves. As root: the one that owns the data already,
 * else `postgres`, else `nobody`.
 *
 * @param directory need not exist yet.
 * @throws StartError postgres_needs_user
 */
export async function chooseAccount(directory: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = await readAccounts()
  const own = await stat(directory).catch(() => undefined)
  if (own && own.uid !== 0)
    return accounts.find((account) => account.uid === own.uid) ?? { uid: own.uid, gid: own.gid, name: `number ${own.uid}` }
  const around = await stat(dirname(directory)).catch(() => undefined)
  const chosen =
    accounts.find((account) => account.uid !== 0 && account.uid === around?.uid) ??
    ['postgres', '_postgres', 'nobody']
      .map((name) => accounts.find((account) => account.name === name))
      .find((account) => account !== undefined)
  if (!chosen) throw cannotRunAsRoot('neither a user postgres nor nobody exists here')
  return chosen
}

/** True if the user can enter the directory and write in it. Tried as that user, so that whatever decides it has its say. */
async function canUse(account: Account, directory: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd -- "$1" && test -w .', 'sh', directory], { uid: account.uid, gid: account.gid, cwd: '/' })
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EPERM') throw cannotRunAsRoot('this system does not let us become another user')
    return false
  }
}

async function give(account: Account, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  try {
    await chown(directory, account.uid, account.gid)
  } catch (error) {
    throw cannotRunAsRoot(`${directory} cannot be given to the user ${account.name} (${systemCodeOf(error)})`)
  }
  await chmod(directory, 0o700)
}

/** Makes a directory that everybody may pass through. */
export async function openUp(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    await chmod(directory, 0o755)
  } catch (error) {
    throw cannotRunAsRoot(`${directory} cannot be made for the user that runs it instead (${systemCodeOf(error)})`)
  }
}

/** Where a cluster lives, and a sentence for the operator if that is not where it was asked for. */
export type Home = { directory: string; notice?: string }

/**
 * Makes the directory for the account, or another where that one lies out of its reach (below `/root`, for instance).
 * The choice is written down, so that a database is found again although permissions have changed since.
 *
 * @throws StartError postgres_needs_user
 */
export async function makeHome(directory: string, account: Account | undefined): Promise<Home> {
  if (!account) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return { directory }
  }
  await give(account, directory)
  const note = join(directory, 'location')
  const noted = (await readFile(note, 'utf8').catch(() => '')).trim()
  if (!noted && (await canUse(account, directory))) return { directory }
  const elsewhere =
    noted ||
    join(
      openPlace,
      createHash('sha256')
        .update(await realpath(directory))
        .digest('hex')
        .slice(0, 16),
    )
  if (noted && !(await stat(noted).catch(() => undefined)))
    throw new StartError(
      'database_files_damaged',
      `The database of ${directory} is kept in ${noted}, as the file ${note} says, and that is not there. Copy it to this machine as well, with cp -a. Without it delete that file, to start with an empty database.`,
    )
  await openUp(openPlace)
  await give(account, elsewhere)
  if (!(await canUse(account, elsewhere)))
    throw cannotRunAsRoot(`the user ${account.name}, who runs it instead, can enter neither ${directory} nor ${elsewhere}`)
  if (!noted) await replaceFile(note, `${elsewhere}\n`)
  return {
    directory: elsewhere,
    notice: `The database is kept in ${elsewhere}, because PostgreSQL runs as the user ${account.name}, who may not enter ${directory}.`,
  }
}
