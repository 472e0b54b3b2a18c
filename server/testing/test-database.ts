import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { advisoryLocks } from '../src/platform/database/locks.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { startTestPostgres } from './test-postgres.ts'

/** A migrated, otherwise empty database that belongs to one test. Dropped with everything connected to it when disposed of. */
export type TestDatabase = AsyncDisposable & { name: string /** As the owner. */; url: string }

/** The server of the whole run, or one that this process starts once and stops when it has nothing left to do. */
let ownServer: Promise<string> | undefined
function serverUrl(): Promise<string> {
  const given = process.env.CROSSWALK_TEST_POSTGRES_URL
  if (given) return Promise.resolve(given)
  ownServer ??= startTestPostgres().then(({ url, stop }) => {
    process.once('beforeExit', () => void stop())
    return url
  })
  return ownServer
}

function urlOf(serverAddress: string, database: string): string {
  const url = new URL(serverAddress)
  url.pathname = `/${database}`
  return url.href
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Changes with everything that decides how a migrated database looks. */
async function schemaHash(): Promise<string> {
  const folder = fileURLToPath(new URL('../migrations/', import.meta.url))
  const migrations = (await readdir(folder)).sort().map((name) => `${folder}${name}`)
  const hash = createHash('sha256')
  for (const file of [...migrations, fileURLToPath(new URL('../src/platform/database/migrate.ts', import.meta.url))])
    hash.update(file).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

/** Makes the template once for all processes that ask. It gets its name only when it is complete. */
async function ensureTemplate(server: string): Promise<string> {
  const name = `crosswalk_template_${await schemaHash()}`
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.testTemplate])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount) return
    await client.query(`drop database if exists ${name}_draft with (force)`)
    await client.query(`create database ${name}_draft`)
    await migrate(urlOf(server, `${name}_draft`))
    await client.query(`alter database ${name}_draft rename to ${name}`)
  })
  return name
}

let template: Promise<string> | undefined

/** Clones the migrated template: about a twentieth of a second, after the first. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  template ??= ensureTemplate(server)
  const source = await template
  const name = `crosswalk_test_${randomBytes(6).toString('hex')}`
  // The other strategy, by the log, takes half as long again, and the first to connect has to read the catalog.
  await withClient(server, (client) => client.query(`create database ${name} template ${source} strategy file_copy`))
  return {
    name,
    url: urlOf(server, name),
    async [Symbol.asyncDispose]() {
      await withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}
