import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDataDirectory, openDataDirectory } from '@crosswalk/server/data-directory'
import { startEmbeddedPostgres } from '@crosswalk/server/embedded-postgres'
import type { Environment } from '@crosswalk/server/environment'

const silent = { info() {}, warn() {}, error() {} }

/** The address of this installation's own PostgreSQL, if it runs now. */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const asked = join(dataDir, 'postgres')
  const read = (file: string) =>
    readFile(file, 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  // Root keeps it elsewhere where PostgreSQL's own user may not enter.
  const directory = (await read(join(asked, 'location'))) || asked
  const [password, processFile] = await Promise.all([
    read(join(directory, 'cluster', 'owner-password')),
    read(join(directory, 'cluster', 'data', 'postmaster.pid')),
  ])
  // https://www.postgresql.org/docs/current/storage-file-layout.html: its fourth line is the port.
  const port = Number(processFile.split('\n')[3])
  return password && Number.isInteger(port) && port > 0 ? `postgresql://crosswalk:${password}@127.0.0.1:${port}/crosswalk` : undefined
}

/** This installation's database: the one that DATABASE_URL names, the embedded one that runs, or that one started for as long as this is open. */
export async function openLocalDatabase(environment: Environment): Promise<{ url: string; close(): Promise<void> }> {
  const running = environment.databaseUrl ?? (await findRunningPostgres(environment.dataDir))
  if (running !== undefined) return { url: running, close: async () => {} }
  await openDataDirectory(environment.dataDir)
  const lock = await lockDataDirectory(environment.dataDir)
  try {
    const postgres = await startEmbeddedPostgres({ directory: join(environment.dataDir, 'postgres'), logger: silent })
    const close = async () => {
      await postgres.stop()
      lock.release()
    }
    return { url: postgres.url, close }
  } catch (error) {
    lock.release()
    throw error
  }
}
