import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openDataDirectory } from '../../server/src/platform/files/data-directory.ts'
import { startEmbeddedPostgres } from '../../server/src/platform/postgres/embedded-postgres.ts'
import { type Installation, startInstallation } from './installation.ts'

/** What the rows share: one PostgreSQL with the settings of production, and one installation on it. Everything ends with it. */
export type Bench = {
  /** Smaller amounts and shorter turns. */
  isQuick: boolean
  /** How long one turn of a load lasts. */
  turnMs: number
  turns: number
  /** A directory for the row's own files. */
  directory: string
  serverVersion: string
  /** An empty database of its own, as its owner. */
  createDatabase(name: string): Promise<string>
  /** The whole platform with the bench's workspace; started when it is first asked for. */
  installation(): Promise<Installation>
  /** Is ended before what was begun earlier. */
  defer(end: () => Promise<unknown>): void
  say(sentence: string): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startBench(isQuick: boolean): Promise<Bench> {
  const ends = new AsyncDisposableStack()
  try {
    const directory = await mkdtemp(join(tmpdir(), 'crosswalk-bench-'))
    ends.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
    await openDataDirectory(directory)
    const postgres = await startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      logger: { info() {}, warn() {}, error: (...record: unknown[]) => console.error(...record) },
    })
    ends.defer(() => postgres.stop())
    const owner = new pg.Client({ connectionString: postgres.url })
    await owner.connect()
    ends.defer(() => owner.end())
    const version = await owner.query<{ server_version: string }>('show server_version')

    let installation: Promise<Installation> | undefined
    const createDatabase = async (name: string) => {
      await owner.query(`create database ${name}`)
      const url = new URL(postgres.url)
      url.pathname = `/${name}`
      return url.href
    }
    const start = async () => {
      const started = await startInstallation({
        command: 'start',
        directory: join(directory, 'main'),
        databaseUrl: await createDatabase('bench_main'),
      })
      ends.defer(() => started.stop())
      return started
    }
    return {
      isQuick,
      turnMs: isQuick ? 1_000 : 2_000,
      turns: isQuick ? 2 : 3,
      directory,
      serverVersion: version.rows[0]?.server_version ?? 'unknown',
      createDatabase,
      installation: () => (installation ??= start()),
      defer: (end) => ends.defer(async () => void (await end())),
      say: (sentence) => console.error(sentence),
      [Symbol.asyncDispose]: () => ends.disposeAsync(),
    }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}
