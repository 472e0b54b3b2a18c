import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from '../src/platform/files/data-directory.ts'
import { lockDirectory } from '../src/platform/files/directory-lock.ts'
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres.ts'

const prefix = 'crosswalk-test-'
const abandonedAfterMs = 60_000

/** Removes what runs that were killed left behind: their directories are old, and nobody holds the lock in them. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const postgres = join(tmpdir(), name, 'postgres')
    if (!name.startsWith(prefix)) continue
    try {
      if (Date.now() - (await stat(postgres)).birthtimeMs < abandonedAfterMs) continue
      const lock = await lockDirectory(postgres)
      if (!lock) continue
      lock.release()
      await rm(join(tmpdir(), name), { recursive: true, force: true })
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
  await removeAbandoned()
  const place = await mkdtemp(join(tmpdir(), prefix))
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
