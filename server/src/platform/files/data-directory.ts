import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type GivenMasterKey, parseGivenMasterKey } from '../master-key-setting.ts'
import { StartError, systemCodeOf } from '../start-error.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { keepFile, replaceFile } from './kept-files.ts'

/** What `start` serves, for programs on the same machine. May be left over from a start that was killed. */
export type Running = { url: string; pid: number; startedAt: string }

export const adminApiKeyFile = (dataDir: string) => join(dataDir, 'admin-api-key')
/** Longer than an orderly stop without work in hand. */
const stoppingPatienceMs = 4_000
const masterKeyFile = (dataDir: string) => join(dataDir, 'master.key')
const runningFile = (dataDir: string) => join(dataDir, 'running.json')

const notWritable = (dataDir: string, reason: string) =>
  new StartError(
    'data_dir_not_writable',
    `The data directory ${dataDir} cannot be written to (${reason}). Give this user the right to write there, or set CROSSWALK_DATA_DIR to another directory.`,
  )

function explain(dataDir: string, error: unknown): StartError {
  const code = systemCodeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StartError('disk_full', `There is no space left on the disk that holds ${dataDir}. Free some, and start again.`)
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartError(
      'data_dir_not_a_directory',
      `The data directory ${dataDir} cannot be made, because a file is in its place. Move the file away, or set CROSSWALK_DATA_DIR to another directory.`,
    )
  }
  return notWritable(dataDir, code || String(error))
}

/**
 * Makes the data directory where it is missing, and sees that it can be written to. Safe to repeat.
 * For its owner only; where that is root, others may pass through it (not list it), because PostgreSQL runs as another user inside.
 *
 * @throws StartError data_dir_not_writable, data_dir_not_a_directory, disk_full
 */
export async function openDataDirectory(dataDir: string): Promise<void> {
  const probe = join(dataDir, `.probe-${randomBytes(6).toString('hex')}`)
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o700 })
    if (process.getuid?.() === 0 && (made !== undefined || (await stat(dataDir)).uid === 0)) await chmod(dataDir, 0o711)
    // Asking for permission is not enough: root is always told yes, also on a read-only disk.
    await (await open(probe, 'wx', 0o600)).close()
    await rm(probe)
  } catch (error) {
    throw explain(dataDir, error)
  }
}

/**
 * Takes the data directory for this process, until it is released or the process ends.
 * Waits a little for one that is just stopping, as in a quick restart: that one no longer says where it is served.
 *
 * @throws StartError data_dir_in_use, saying by whom.
 */
export async function lockDataDirectory(dataDir: string): Promise<DirectoryLock> {
  const deadline = Date.now() + stoppingPatienceMs
  let running: Running | undefined
  do {
    const lock = await lockDirectory(dataDir)
    if (lock) {
      await removeRunning(dataDir)
      return lock
    }
    running = await readRunning(dataDir)
    if (!running) await delay(50)
  } while (!running && Date.now() < deadline)
  const holder = running ? `, process ${running.pid} at ${running.url}` : ''
  throw new StartError(
    'data_dir_in_use',
    `Another Crosswalk uses the data directory ${dataDir}${holder}. Stop it first, or set CROSSWALK_DATA_DIR to another directory.`,
  )
}

/**
 * The key that secrets are encrypted with: made the first time, the same ever after, for every process that asks.
 *
 * @throws StartError master_key_damaged, data_dir_not_writable, disk_full
 */
export async function readOrMakeMasterKey(dataDir: string): Promise<GivenMasterKey> {
  const file = masterKeyFile(dataDir)
  const text = await readOrMake(dataDir, file, () => randomBytes(32).toString('base64'))
  try {
    return parseGivenMasterKey(file, text)
  } catch (error) {
    throw new StartError(
      'master_key_damaged',
      `The file ${file} does not hold a master key. Put it back from a backup: without it the stored secrets cannot be read.`,
      { cause: error },
    )
  }
}

/**
 * The key with all permissions that belongs to this installation: made the first time, the same ever after.
 *
 * @throws StartError admin_api_key_damaged, data_dir_not_writable, disk_full
 */
export async function readOrMakeAdminApiKey(dataDir: string): Promise<string> {
  const file = adminApiKeyFile(dataDir)
  const key = await readOrMake(dataDir, file, () => `cwk_${randomBytes(32).toString('base64url')}`)
  if (key.length >= 16) return key
  throw new StartError('admin_api_key_damaged', `The file ${file} does not hold an API key. Delete it, and the next start makes a new one.`)
}

async function readOrMake(dataDir: string, file: string, make: () => string): Promise<string> {
  try {
    return (await keepFile(file, () => `${make()}\n`)).trim()
  } catch (error) {
    throw explain(dataDir, error)
  }
}

/** Says where this installation is served. */
export async function writeRunning(dataDir: string, running: Running): Promise<void> {
  const content = { url: running.url, pid: running.pid, started_at: running.startedAt }
  await replaceFile(runningFile(dataDir), `${JSON.stringify(content)}\n`)
}

/** Where this installation was last said to be served, or undefined. */
export async function readRunning(dataDir: string): Promise<Running | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(runningFile(dataDir), 'utf8'))
    if (typeof content !== 'object' || content === null) return undefined
    const { url, pid, started_at: startedAt } = content as Record<string, unknown> // an object, as just seen
    return typeof url === 'string' && typeof pid === 'number' && typeof startedAt === 'string' ? { url, pid, startedAt } : undefined
  } catch {
    return undefined
  }
}

export async function removeRunning(dataDir: string): Promise<void> {
  await rm(runningFile(dataDir), { force: true })
}
