import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { migrate } from '../src/platform/database/migrate.ts'
import { openDataDirectory } from '../src/platform/files/data-directory.ts'
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres.ts'
import { type Accepted, type Answer, type Fleet, startFleet } from '../testing/fleet.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { until } from '../testing/until.ts'

const run = promisify(execFile)
/** Longer than a worker without a lease counts as alive. */
const fullMs = 5_000
const takeoverSeconds = 3
const diskMb = 320

test('nothing is lost while the disk of the database is full, and everything continues by itself once there is space', {
  timeout: 300_000,
}, async (context) => {
  await using place = await temporaryDirectory()
  await using disk = await mountSmallDisk(join(place.path, 'disk'))
  await openDataDirectory(disk.path)
  const told: string[] = []
  const tell = (details: unknown, sentence?: string) => void told.push(`${JSON.stringify(details)} ${sentence}`)
  const postgres = await startEmbeddedPostgres({ directory: join(disk.path, 'postgres'), logger: { info: tell, warn: tell, error: tell } })
  await using parts = new AsyncDisposableStack()
  parts.defer(() => postgres.stop('now'))
  await migrate(postgres.url)
  await using fleet = await startFleet({
    databaseUrl: postgres.url,
    workers: 2,
    apis: 1,
    takeoverSeconds,
    random: Math.random,
    logLevel: 'info',
    vendorDelayMs: 100,
  })

  const owner = parts.use(await connected(postgres.url))
  await makeRefusing(owner.client)
  context.diagnostic('with statements that PostgreSQL refuses for want of space')
  await outage(
    'refused',
    () => owner.client.query('insert into disk_is_full values (true)'),
    () => owner.client.query('delete from disk_is_full'),
  )

  if (!disk.isSmall) return context.diagnostic('without a disk that is really full: this user may not mount one')
  context.diagnostic('with a disk that is really full')
  const filler = join(disk.path, 'filler')
  const superuser = new URL(postgres.url)
  superuser.username = 'postgres'
  superuser.password = await readFile(join(disk.path, 'postgres', 'cluster', 'superuser-password'), 'utf8')
  await outage(
    'really full',
    async (isToldWhy) => {
      await fill(filler)
      await until('statements are refused', isToldWhy)
      // The next file of its journal does not fit any more, which PostgreSQL does not survive: it ends, and cannot recover either.
      await using admin = await connected(superuser.href)
      for (let segment = 0, isUp = true; isUp && segment < 40; segment++) {
        isUp = await admin.client.query(`select pg_logical_emit_message(false, 'filler', repeat('x', 1000)), pg_switch_wal()`).then(
          () => true,
          () => false,
        )
        await fill(filler)
      }
    },
    () => rm(filler),
  )
  assert.ok(
    told.some((line) => line.includes('PostgreSQL ended by itself') || line.includes('There is no space left on the disk')),
    'PostgreSQL itself went away',
  )

  async function outage(name: string, begin: (isToldWhy: () => boolean) => Promise<unknown>, end: () => Promise<unknown>): Promise<void> {
    const [api] = fleet.apis
    const accepted: Accepted[] = []
    const refused: Answer[] = []
    let isOver = false
    const loading = fleet.load({ pauseMs: () => 100, isOver: () => isOver, accepted, onRefused: (answer) => refused.push(answer) })
    await until('many run', async () => (await fleet.rowsOf(`select from executions where status = 'running'`)).length > 5)
    const readiness = async () => (await fleet.ask(api, 'GET', '/readyz'))?.status
    const isToldWhy = () => refused.some(({ body }) => /disk of the database is full/.test(String(body.message)))
    await begin(isToldWhy)
    await until('the load is refused', () => refused.length > 0)
    await until('the API is not ready', async () => (await readiness()) === 503)
    await delay(fullMs)
    assert.equal(await readiness(), 503)
    const before = accepted.length
    await end()
    await until('executions are accepted again', () => accepted.length > before + 3)
    isOver = true
    await loading
    await fleet.settle(180_000)
    await until('the API is ready again', async () => (await readiness()) === 200)
    context.diagnostic(`${name}: ${accepted.length} executions accepted, ${refused.length} requests refused meanwhile`)
    for (const { status, retryAfter, body } of refused) {
      assert.equal(status, 503)
      assert.equal(body.error, 'database_unavailable')
      assert.ok(Number(retryAfter) > 0, 'it says when to come again')
    }
    assert.ok(isToldWhy(), 'the caller is told why')
    for (const execution of accepted) await fleet.assertWhole(execution, `${name}, `)
    assertTold(fleet)
  }
})

function assertTold(fleet: Fleet): void {
  for (const { output, starts } of [...fleet.workers, ...fleet.apis]) {
    assert.equal(starts, 1, 'no process had to be started again')
    assert.match(output, /the disk of the database is full; what has to be written waits/, 'the log says so in a line')
  }
}

/** A disk of its own for the database, where this user may mount one; else just a directory. */
async function mountSmallDisk(path: string): Promise<{ path: string; isSmall: boolean } & AsyncDisposable> {
  await mkdir(path, { mode: 0o755 })
  const isSmall =
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    (await run('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m,mode=755`, 'crosswalk-test', path]).then(
      () => true,
      () => false,
    ))
  return {
    path,
    isSmall,
    async [Symbol.asyncDispose]() {
      if (isSmall) await run('umount', ['-l', path])
    },
  }
}

/** Writes until nothing fits any more. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'a')
  try {
    for (let size = 1_048_576; size >= 512; size /= 2) {
      const block = Buffer.alloc(size)
      while ((await file.write(block).catch(() => ({ bytesWritten: 0 }))).bytesWritten > 0);
    }
  } finally {
    await file.close()
  }
}

async function connected(url: string): Promise<{ client: pg.Client } & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end().catch(() => {}) }
}

/** While a flag is set, what writes to the tables of executions is refused as by a full disk. */
async function makeRefusing(owner: pg.Client): Promise<void> {
  await owner.query(`
    create table disk_is_full (is_full boolean);
    create function refuse_for_want_of_space() returns trigger language plpgsql security definer as $$
    begin
      if exists (select from public.disk_is_full) then
        raise exception 'could not extend file "base/16384/16385": No space left on device' using errcode = 'disk_full';
      end if;
      return null;
    end $$;`)
  const tables = [
    ...['executions', 'execution_logs', 'execution_steps', 'execution_keys', 'step_records'],
    ...['worker_leases', 'organization_mappings', 'audit_events'],
  ]
  for (const table of tables)
    await owner.query(
      `create trigger refuses before insert or update or delete on ${table} for each statement execute function refuse_for_want_of_space()`,
    )
}
