import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { migrate } from '../src/platform/database/migrate.ts'
import { openDataDirectory } from '../src/platform/files/data-directory.ts'
import { giveToOwnerOf } from '../src/platform/files/kept-files.ts'
import { chooseAccount, makeHome } from '../src/platform/postgres/embedded-postgres.account.ts'
import { locateBinaries } from '../src/platform/postgres/embedded-postgres.binaries.ts'
import { ensureCluster } from '../src/platform/postgres/embedded-postgres.cluster.ts'
import { endLeftover, endServer, launch, type Server } from '../src/platform/postgres/embedded-postgres.server.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A PostgreSQL that a test stops and starts, on the same files and port. Safe in a crash, as the real one. */
export type OwnPostgres = {
  /** A migrated database, as its owner. */
  url: string
  /** The same database, as the server's superuser. */
  superuserUrl: string
  start(): Promise<void>
  /** As a standby: it answers, and takes no changes until it is promoted. */
  startAsStandby(): Promise<void>
  /** Orderly: what is connected is cut off, and what was committed is on the disk. */
  stop(): Promise<void>
  /** As if the machine took it: killed, it recovers at the next start. */
  kill(): Promise<void>
} & AsyncDisposable

/** A killed server's own processes take a moment to leave. */
const maxStartMs = 120_000

/** Starts one, on a port that the system does not give to others meanwhile. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const place = await temporaryDirectory()
  await openDataDirectory(place.path)
  const wanted = join(place.path, 'postgres')
  const account = await chooseAccount(wanted)
  const binaries = await locateBinaries(account)
  const { directory } = await makeHome(wanted, account)
  const { data, ownerPassword } = await ensureCluster(directory, binaries, account, true)
  const run = { binaries, account, data, logFile: join(directory, 'postgres.log'), durable: true }
  const port = freePortOf(process.pid)
  let server: Server | undefined

  const start = async () => {
    const deadline = Date.now() + maxStartMs
    for (;;) {
      await endLeftover(data)
      const started = await launch(run, port())
      if ('pid' in started) {
        server = started
        return
      }
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${started.failure}`)
      if (/could not bind|Address already in use/.test(started.failure) && !port.isFixed) port.next()
      await delay(100)
    }
  }
  const stop = async () => {
    if (server) await endServer(server, false)
    server = undefined
  }
  await start()
  port.isFixed = true
  const url = `postgresql://crosswalk:${ownerPassword}@127.0.0.1:${port()}/crosswalk`
  const superuser = new URL(url)
  superuser.username = 'postgres'
  superuser.password = await readFile(join(directory, 'cluster', 'superuser-password'), 'utf8')
  await migrate(url)
  return {
    url,
    superuserUrl: superuser.href,
    start,
    async startAsStandby() {
      const signal = await open(join(data, 'standby.signal'), 'w')
      await giveToOwnerOf(data, signal).finally(() => signal.close())
      await start()
    },
    stop,
    async kill() {
      const killed = server
      server = undefined
      killed?.process.kill('SIGKILL')
      await killed?.ended
    },
    async [Symbol.asyncDispose]() {
      if (server) await endServer(server, true)
      await place[Symbol.asyncDispose]()
    },
  }
}

/** Ports below those that the system hands out by itself, so that nobody gets this one while PostgreSQL is away. */
function freePortOf(seed: number) {
  let port = 20_000 + (seed % 10_000)
  return Object.assign(() => port, {
    isFixed: false,
    next() {
      port = 20_000 + ((port - 20_000 + 1) % 10_000)
    },
  })
}
