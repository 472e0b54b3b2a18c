import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError, systemCodeOf } from '../start-error.ts'
import { giveToOwnerOf } from './kept-files.ts'

/** A directory that is ours alone until it is released or this process ends, however it ends. */
export type DirectoryLock = { release(): void }

const sqliteBusy = 5

const notLockable = (file: string, error: unknown) =>
  new StartError(
    'data_dir_not_lockable',
    `The file ${file} cannot be locked (${error instanceof Error ? error.message : error}). Keep the data directory (CROSSWALK_DATA_DIR) on a local disk of this machine, in the hands of the user that starts Crosswalk.`,
  )

/** Nothing may open the file once it exists, not even to look: closing any descriptor of it would drop a lock that this process holds. */
async function makeOnce(directory: string, file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await giveToOwnerOf(directory, handle).finally(() => handle.close())
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw notLockable(file, error)
  }
}

/**
 * Takes a directory for this process.
 *
 * Node has no call for file locks, but SQLite holds one while a transaction is open, and the kernel lets go of it
 * with the process. A file with a process id in it would do neither: ids are used again, and two containers on one volume each have their own.
 *
 * @returns undefined if another process, or another part of this one, holds it.
 * @throws StartError data_dir_not_lockable
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock | undefined> {
  const file = join(directory, 'lock')
  await makeOnce(directory, file)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    // Nothing is ever written, so a full disk does not matter.
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined
    throw notLockable(file, error)
  }
  const held = database
  return { release: () => held.close() }
}
