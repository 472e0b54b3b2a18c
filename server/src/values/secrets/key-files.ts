import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../platform/database/database.ts'
import { advisoryLocks } from '../../platform/database/locks.ts'
import { readOrMakeMasterKey } from '../../platform/files/data-directory.ts'
import { keepFile, renameDurably } from '../../platform/files/kept-files.ts'
import { parseMasterKey } from '../../platform/master-key-setting.ts'
import { StartError, systemCodeOf } from '../../platform/start-error.ts'
import { type RotationOptions, rotateMasterKey } from './rotation.ts'
import { masterKeyOf } from './sealing.ts'

const keyFile = (dataDir: string) => join(dataDir, 'master.key')
const nextKeyFile = (dataDir: string) => join(dataDir, 'master.key.next')
const previousKeyFile = (dataDir: string, keyId: string) => join(dataDir, `master.key.${keyId}`)

async function readKeyFile(file: string): Promise<string[]> {
  try {
    return [parseMasterKey(file, (await readFile(file, 'utf8')).trim())]
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * The key that a rotation under way has brought into use, for `openKeyring`'s other keys; none where there is no rotation.
 *
 * @throws StartError environment_invalid - the file holds no key.
 */
export function readNextMasterKey(dataDir: string): Promise<string[]> {
  return readKeyFile(nextKeyFile(dataDir))
}

/** All keys that the data directory has now, those of earlier rotations too: for `openKeyring`'s `readKeysAgain`. Makes none. */
export async function readMasterKeyFiles(dataDir: string): Promise<string[]> {
  // The next key first: where it is being renamed just now, it is then found under its new name.
  const keys = [...(await readKeyFile(nextKeyFile(dataDir))), ...(await readKeyFile(keyFile(dataDir)))]
  const names = await readdir(dataDir).catch(() => [])
  for (const name of names.filter((candidate) => /^master\.key\.[0-9a-f]{16}$/.test(candidate)))
    keys.push(...(await readKeyFile(join(dataDir, name))))
  return keys
}

/** Runs `work` unless another process is at it. The lock is let go with the connection, so a crash does not leave it. */
async function rotatingAlone<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  try {
    const { rows } = await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1) as is_ours', [advisoryLocks.keyRotation])
    if (!rows[0]?.is_ours)
      throw new StartError('rotation_running', 'Another process is rotating the master key. Wait until it has finished.')
    return await work()
  } finally {
    // Not given back to the pool: the lock ends with the connection.
    client.release(true)
  }
}

/**
 * Replaces `master.key` by a fresh key and moves all secrets to it, while everything runs. What a crash leaves can be started,
 * and calling this again finishes it:
 *
 * 1. `master.key.next` is written, whole and on the disk, or the one of an interrupted rotation is taken up. Nothing is under it yet.
 * 2. `rotateMasterKey`. A start reads both files, so it does not matter which secrets are under which key.
 * 3. The old key is kept as `master.key.<its id>`, for backups made under it and for steps that were recorded under it. Delete it together with them.
 * 4. `master.key.next` is renamed to `master.key`: in one step, and only now that nothing is under the old key.
 *
 * @throws StartError rotation_running, and those of `rotateMasterKey` and `readOrMakeMasterKey`
 */
export async function rotateKeyFile(
  db: Database,
  dataDir: string,
  options: RotationOptions = {},
): Promise<{ resealed: number; keyId: string }> {
  return rotatingAlone(db, async () => {
    const oldKey = await readOrMakeMasterKey(dataDir)
    const newKey = parseMasterKey(
      nextKeyFile(dataDir),
      (await keepFile(nextKeyFile(dataDir), () => `${randomBytes(32).toString('base64')}\n`)).trim(),
    )
    const { resealed } = await rotateMasterKey(db, oldKey, newKey, options)
    await keepFile(previousKeyFile(dataDir, masterKeyOf(oldKey).id), () => `${oldKey}\n`)
    await renameDurably(nextKeyFile(dataDir), keyFile(dataDir))
    return { resealed, keyId: masterKeyOf(newKey).id }
  })
}
