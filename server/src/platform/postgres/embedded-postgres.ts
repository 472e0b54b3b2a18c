import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type DirectoryLock, lockDirectory } from '../files/directory-lock.ts'
import { StartError } from '../start-error.ts'
import { chooseAccount, makeHome } from './embedded-postgres.account.ts'
import { locateBinaries } from './embedded-postgres.binaries.ts'
import { ensureCluster, explainPostgres } from './embedded-postgres.cluster.ts'
import { endLeftover, endServer, type Launch, launch, type Server } from './embedded-postgres.server.ts'

export type EmbeddedPostgresOptions = {
  /** Made where it is missing. Everything of this PostgreSQL lives in it, and one process at a time may use it. */
  directory: string
  logger: Pick<Logger, 'info' | 'warn' | 'error'>
  /** False gives up safety in a power failure for speed: for data that is thrown away. */
  durable?: boolean
}

export type EmbeddedPostgres = {
  /** The database `crosswalk` as its owner, a role that may make databases and roles. The same for as long as this runs. */
  url: string
  /** What the operator should know, as sentences. */
  notices: string[]
  /** Stops it: orderly, or with `now` at once. Bounded in time, safe to call again. */
  stop(how?: 'now'): Promise<void>
  /** Resolves when it will not be started again: undefined after `stop`, else why. */
  exited: Promise<StartError | undefined>
}

const maxWaitMs = 10_000
/** A server that ran this long and then ended counts as a first failure again. */
const steadyMs = 60_000

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('A listening socket has a port.')
  return address.port
}

/** True where another try can succeed: a process took the port between our asking and PostgreSQL's, or a killed server's own processes are still leaving. */
const isPassing = (failure: string) => /could not bind|Address already in use|is still in use|could not create any TCP/.test(failure)

async function launchPatiently(run: Launch, directory: string): Promise<{ server: Server; port: number }> {
  const deadline = Date.now() + maxWaitMs
  for (;;) {
    const port = await freePort()
    const started = await launch(run, port)
    if ('pid' in started) return { server: started, port }
    if (!isPassing(started.failure) || Date.now() > deadline) throw explainPostgres(started.failure, directory)
    await delay(100)
  }
}

/**
 * Runs the PostgreSQL that comes with the packages: makes its database the first time, takes over what a killed start
 * left behind, listens on a free loopback port, and starts it again, on the same port, should it end by itself.
 * Installs no signal handlers and does not keep this process running; the caller stops it, last of all.
 * Where this process is killed, PostgreSQL shuts down by itself.
 *
 * @throws StartError data_dir_in_use, data_dir_not_writable, disk_full, postgres_needs_user, embedded_postgres_missing,
 *   embedded_postgres_incomplete, embedded_postgres_unusable, embedded_postgres_failed, database_files_newer, database_files_older, database_files_damaged
 */
export async function startEmbeddedPostgres({
  directory: wanted,
  logger,
  durable = true,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = await chooseAccount(wanted)
  const binaries = await locateBinaries(account)
  const { directory, notice } = await makeHome(wanted, account)
  const lock = await lockDirectory(directory)
  if (!lock)
    throw new StartError(
      'data_dir_in_use',
      `Another process uses the database in ${directory}. Stop it first, or set CROSSWALK_DATA_DIR to another directory.`,
    )
  try {
    const { data, ownerPassword } = await ensureCluster(directory, binaries, account, durable)
    if (await endLeftover(data)) logger.warn({ directory }, 'stopped a PostgreSQL that an earlier start left behind')
    const run: Launch = { binaries, account, data, logFile: join(directory, 'postgres.log'), durable }
    const { server, port } = await launchPatiently(run, directory)
    const url = `postgresql://crosswalk:${ownerPassword}@127.0.0.1:${port}/crosswalk`
    return { url, notices: notice ? [notice] : [], ...keepRunning(run, server, port, logger, lock) }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Starts the server again whenever it ends by itself, with growing pauses, until it is stopped. */
function keepRunning(run: Launch, first: Server, port: number, logger: EmbeddedPostgresOptions['logger'], lock: DirectoryLock) {
  const stopping = new AbortController()
  let server: Server | undefined = first
  let isUrgent = false

  const watch = async (): Promise<StartError | undefined> => {
    let failures = 0
    let startedAt = Date.now()
    for (;;) {
      const reason = server ? await server.ended : 'it did not start'
      server = undefined
      if (stopping.signal.aborted) return undefined
      failures = Date.now() - startedAt > steadyMs ? 1 : failures + 1
      const pauseMs = Math.min(maxWaitMs, 50 * 2 ** failures)
      logger.error({ reason, pause_ms: pauseMs, log_file: run.logFile }, 'PostgreSQL ended by itself and is started again')
      await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      if (stopping.signal.aborted) return undefined
      startedAt = Date.now()
      await endLeftover(run.data)
      const started = await launch(run, port, stopping.signal)
      if ('pid' in started) server = started
      else if (!stopping.signal.aborted)
        logger.error(
          { reason: explainPostgres(started.failure, run.data).message, output: started.failure.trim() },
          'PostgreSQL did not start',
        )
      if (server && stopping.signal.aborted) await endServer(server, isUrgent)
    }
  }
  const exited = watch()
    .catch((error: unknown) => (error instanceof StartError ? error : explainPostgres(String(error), run.data)))
    .finally(lock.release)

  const stop = async (how?: 'now') => {
    isUrgent = how === 'now'
    stopping.abort()
    if (server) await endServer(server, isUrgent)
    await exited
  }
  return { stop, exited }
}
