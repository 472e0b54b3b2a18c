import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDataDirectory, openDataDirectory } from '@crosswalk/server/data-directory'
import { startEmbeddedPostgres } from '@crosswalk/server/embedded-postgres'
import type { Environment } from '@crosswalk/server/environment'

const silent = { info() {}, warn() {}, error() {} }

const contentOf = (file: string) =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  )

/** Where this installation's own PostgreSQL has its files, if it was ever started. Root keeps it elsewhere where PostgreSQL's own user may not enter. */
async function clusterOf(dataDir: string): Promise<string> {
  const asked = join(dataDir, 'postgres')
  return join((await contentOf(join(asked, 'location'))) || asked, 'cluster')
}

/** Whether this installation has a database: one that DATABASE_URL names, or its own, which a first start has made. Makes nothing. */
export async function hasLocalDatabase({ databaseUrl, dataDir }: Environment): Promise<boolean> {
  return databaseUrl !== null || (await contentOf(join(await clusterOf(dataDir), 'owner-password'))) !== ''
}

/** The address of this installation's own PostgreSQL, if it runs now. */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const cluster = await clusterOf(dataDir)
  const [password, processFile] = await Promise.all([
    contentOf(join(cluster, 'owner-password')),
    contentOf(join(cluster, 'data', 'postmaster.pid')),
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
