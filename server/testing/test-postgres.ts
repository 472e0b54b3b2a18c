import { access, constants, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from '../src/platform/files/data-directory.ts'
import { lockDirectory } from '../src/platform/files/directory-lock.ts'
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres.ts'

const prefix = 'crosswalk-test-'
const abandonedAfterMs = 60_000

/** Files in memory, on Linux. Each test makes a database and drops it, and ext4 takes ever longer to make files while it remembers deleted ones. */
const inMemory = '/dev/shm'
/** With less room there the disk is used. A container has 64 MB of it where nobody says otherwise. */
const minFreeBytes = 2 * 1024 ** 3

async function placeOfFiles(): Promise<string> {
  try {
    await access(inMemory, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(inMemory)
    return bavail * bsize >= minFreeBytes ? inMemory : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Removes what runs that were killed left behind: their directories are old, and nobody holds the lock in them. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const postgres = join(folder, name, 'postgres')
    if (!name.startsWith(prefix)) continue
    try {
      if (Date.now() - (await stat(postgres)).birthtimeMs < abandonedAfterMs) continue
      const lock = await lockDirectory(postgres)
      if (!lock) continue
      lock.release()
      await rm(join(folder, name), { recursive: true, force: true })
    } catch {
      // Somebody else's, or just being removed.
    }
  }
}

/**
 * A PostgreSQL of its own for tests, in a temporary directory: fast, and not safe in a power failure.
 *
 * @returns the URL of its owner, and what stops it and removes its files.
 */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await placeOfFiles()
  await removeAbandoned(folder)
  const place = await mkdtemp(join(folder, prefix))
  await openDataDirectory(place)
  const quiet = { info() {}, warn() {}, error: (...record: unknown[]) => console.error(...record) }
  const postgres = await startEmbeddedPostgres({ directory: join(place, 'postgres'), logger: quiet, durable: false })
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop('now')
      await rm(place, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
