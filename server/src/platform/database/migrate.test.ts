import assert from 'node:assert/strict'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from '../../../testing/test-database.ts'
import { StartError } from '../start-error.ts'
import { migrate } from './migrate.ts'

const refusedWith = (code: string, sentence: RegExp) => (error: unknown) =>
  error instanceof StartError && error.code === code && sentence.test(error.message)

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** One message of PostgreSQL's protocol: its letter, its length, its body. */
function message(letter: string, ...parts: (string | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : Buffer.from(part))))
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(letter), length, body])
}

/** A server that lets everybody in and says of itself only which version it is. */
async function startOldServer(): Promise<{ url: string } & AsyncDisposable> {
  const int32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
  const field = (text: string) => [...int32(text.length), ...Buffer.from(text)]
  const column = [...int32(0), 0, 0, ...int32(25), 255, 255, ...int32(-1), 0, 0]
  const ready = message('Z', [73])
  const answer = Buffer.concat([
    message('T', [0, 2], 'number', column, 'version', column),
    message('D', [0, 2, ...field('140011'), ...field('14.11')]),
    message('C', 'SELECT 1'),
    ready,
  ])
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let isKnown = false
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (!isKnown) socket.write(Buffer.concat([message('R', int32(0)), ready]))
      else if (chunk[0] === 'Q'.charCodeAt(0)) socket.write(answer)
      isKnown = true
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `postgresql://me:pw@127.0.0.1:${(server.address() as AddressInfo).port}/crosswalk`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a database that does not answer is named with what to check', async () => {
  await assert.rejects(
    migrate('postgresql://me:pw@127.0.0.1:9/crosswalk'),
    refusedWith('database_unreachable', /ECONNREFUSED.*DATABASE_URL/),
  )
})

test('a PostgreSQL that is too old is refused by its version', async () => {
  await using old = await startOldServer()
  await assert.rejects(migrate(old.url), refusedWith('database_too_old', /PostgreSQL 14\.11.*15 or newer/))
})

test('a database that a newer version has migrated is left alone', async () => {
  await using database = await createTestDatabase()
  await withClient(database.url, (client) =>
    client.query("insert into schema_migrations (name, checksum) values ('9999_from_the_future.sql', 'x')"),
  )
  await assert.rejects(migrate(database.url), refusedWith('schema_newer', /9999_from_the_future\.sql/))
})

test('a user who may not act as the application role is told what its administrator has to run', async () => {
  await using database = await createTestDatabase()
  const name = `limited_${database.name.replaceAll(/\W/g, '_')}`.slice(0, 60)
  await withClient(database.url, async (client) => {
    await client.query(`create role ${name} login password 'limited'`)
    await client.query(`grant create on schema public to ${name}`)
  })
  const url = new URL(database.url)
  url.username = name
  url.password = 'limited'
  try {
    await assert.rejects(migrate(url.href), refusedWith('database_role_missing', /grant crosswalk_app, crosswalk_listed to/))
  } finally {
    await withClient(database.url, async (client) => {
      await client.query(`revoke create on schema public from ${name}`)
      await client.query(`drop role ${name}`)
    })
  }
})

test('a user who may act as the application role alone, as before this version, is told of the role that is missing', async () => {
  await using database = await createTestDatabase()
  const name = `earlier_${database.name.replaceAll(/\W/g, '_')}`.slice(0, 60)
  const url = new URL(database.url)
  url.username = name
  url.password = 'limited'
  await withClient(database.url, (client) =>
    client.query(`create role ${name} login password 'limited'; grant create on schema public to ${name}; grant crosswalk_app to ${name}`),
  )
  try {
    await assert.rejects(
      migrate(url.href),
      refusedWith('database_role_missing', /crosswalk_listed nologin; grant crosswalk_app to crosswalk_listed;/),
    )
  } finally {
    await withClient(database.url, (client) => client.query(`revoke create on schema public from ${name}; drop role ${name}`))
  }
})

test('migrating again, or from two processes at once, changes nothing', async () => {
  await using database = await createTestDatabase()
  const applied = () =>
    withClient(database.url, async (client) => (await client.query('select * from schema_migrations order by name')).rows)
  const before = await applied()
  await Promise.all([migrate(database.url), migrate(database.url)])
  assert.deepEqual(await applied(), before)
})

test('a database that is read-only is not migrated, and the sentence says what to do', async () => {
  await using database = await createTestDatabase()
  await withClient(database.url, (client) => client.query(`alter database ${database.name} set default_transaction_read_only = on`))
  await assert.rejects(migrate(database.url), refusedWith('database_read_only', /Promote it, or let DATABASE_URL lead to/))
})
