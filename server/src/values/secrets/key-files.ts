import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../platform/database/database.ts'
import { advisoryLocks } from '../../platform/database/locks.ts'
import { readOrMakeMasterKey } from '../../platform/files/data-directory.ts'
import { keepFile, renameDurably, replaceFile } from '../../platform/files/kept-files.ts'
import { type GivenMasterKey, parseGivenMasterKey } from '../../platform/master-key-setting.ts'
import { StartError, systemCodeOf } from '../../platform/start-error.ts'
import type { OnKeyFailure } from './keyring.ts'
import { fulfilledOf, type MasterKeyOpener, masterKeyOpener, textOfGiven } from './master-key-opener.ts'
import { type RotationOptions, rotateMasterKey } from './rotation.ts'
import { masterKeyOf } from './sealing.ts'

const keyFile = (dataDir: string) => join(dataDir, 'master.key')
const nextKeyFile = (dataDir: string) => join(dataDir, 'master.key.next')
const previousKeyFile = (dataDir: string, keyId: string) => join(dataDir, `master.key.${keyId}`)

async function readKeyFile(file: string): Promise<GivenMasterKey[]> {
  try {
    return [parseGivenMasterKey(file, (await readFile(file, 'utf8')).trim())]
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * The key that a rotation under way has brought into use, for `openKeyring`'s other keys; none where there is no rotation.
 *
 * @throws StartError environment_invalid - the file holds no key. And as `MasterKeyOpener.open`.
 */
export async function readNextMasterKey(dataDir: string, opener: MasterKeyOpener = masterKeyOpener()): Promise<string[]> {
  return Promise.all((await readKeyFile(nextKeyFile(dataDir))).map(opener.open))
}

/** All files with a key of earlier rotations. */
async function previousKeyFiles(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir).catch(() => [])
  return names.filter((name) => /^master\.key\.[0-9a-f]{16}$/.test(name)).map((name) => join(dataDir, name))
}

/**
 * All keys that the data directory has now, those of earlier rotations too: for `openKeyring`'s `readKeysAgain`. Makes none, and leaves
 * out what its vault does not open, which `onFailure` is told.
 */
export async function readMasterKeyFiles(
  dataDir: string,
  opener: MasterKeyOpener = masterKeyOpener(),
  onFailure: OnKeyFailure = () => {},
): Promise<string[]> {
  // The next key first: where it is being renamed just now, it is then found under its new name.
  const given = [...(await readKeyFile(nextKeyFile(dataDir))), ...(await readKeyFile(keyFile(dataDir)))]
  for (const file of await previousKeyFiles(dataDir)) given.push(...(await readKeyFile(file)))
  return fulfilledOf(await Promise.allSettled(given.map(opener.open)), onFailure)
}

/** Where Crosswalk has not been started there is no master key yet, and one that is made for a command fits no database. */
export function notStartedYet(dataDir: string): StartError {
  return new StartError(
    'not_started_yet',
    `Crosswalk has not been started on the data directory ${dataDir}, so there is no master key in use. Start Crosswalk once first (crosswalk start), then wrap. Nothing was made or changed.`,
  )
}

/** @throws StartError not_started_yet */
export async function requireKeyFile(dataDir: string): Promise<void> {
  if (!(await stat(keyFile(dataDir)).catch(() => undefined))) throw notStartedYet(dataDir)
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
 * Where the old key is wrapped by a key of a vault, so is the new one, by its newest version.
 *
 * @throws StartError rotation_running, and those of `rotateMasterKey` and `readOrMakeMasterKey`
 */
export async function rotateKeyFile(
  db: Database,
  dataDir: string,
  options: RotationOptions = {},
  opener: MasterKeyOpener = masterKeyOpener(),
): Promise<{ resealed: number; keyId: string }> {
  return rotatingAlone(db, async () => {
    const given = await readOrMakeMasterKey(dataDir)
    const oldKey = await opener.open(given)
    const isBegun = (await readKeyFile(nextKeyFile(dataDir))).length > 0
    const made = isBegun ? '' : textOfGiven(await opener.wrapLike(given, randomBytes(32).toString('base64')))
    const kept = await keepFile(nextKeyFile(dataDir), () => `${made}\n`)
    const newKey = await opener.open(parseGivenMasterKey(nextKeyFile(dataDir), kept.trim()))
    const { resealed } = await rotateMasterKey(db, oldKey, newKey, options)
    await keepFile(previousKeyFile(dataDir, masterKeyOf(oldKey).id), () => `${textOfGiven(given)}\n`)
    await renameDurably(nextKeyFile(dataDir), keyFile(dataDir))
    return { resealed, keyId: masterKeyOf(newKey).id }
  })
}

/**
 * Writes every key file of the data directory in another form: wrapped by a vault, or plain again. The keys stay what they are, so nothing
 * that runs notices. Each file is all old or all new, and one that has that form already is left as it is. One rotation or rewriting at a time.
 *
 * @returns how many files were written
 * @throws StartError not_started_yet, rotation_running, and what `rewrite` throws: then no file was changed
 */
export async function rewriteKeyFiles(
  db: Database,
  dataDir: string,
  rewrite: (given: GivenMasterKey) => Promise<GivenMasterKey>,
): Promise<{ files: number }> {
  await requireKeyFile(dataDir)
  return rotatingAlone(db, async () => {
    await readOrMakeMasterKey(dataDir)
    const files = [keyFile(dataDir), nextKeyFile(dataDir), ...(await previousKeyFiles(dataDir))]
    const rewritten: { file: string; text: string }[] = []
    for (const file of files)
      for (const given of await readKeyFile(file)) {
        const text = textOfGiven(await rewrite(given))
        if (text !== textOfGiven(given)) rewritten.push({ file, text })
      }
    for (const { file, text } of rewritten) await replaceFile(file, `${text}\n`)
    return { files: rewritten.length }
  })
}
