import { createRequire, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Logger, pino } from 'pino'
import { requireSafeDatabase } from './platform/database/safe-database.ts'
import { type Environment, readEnvironment } from './platform/environment.ts'
import { lockDataDirectory, openDataDirectory, readOrMakeAdminApiKey, readOrMakeMasterKey } from './platform/files/data-directory.ts'
import { giveBackWhenIdle } from './platform/idle-memory.ts'
import type * as ShownError from './platform/shown-error.ts'
import { StartError, startErrorExitCode } from './platform/start-error.ts'
import { listenForStop, type StopRequests } from './processes/stop-requests.ts'
import { type ProcessMessage, workerRoleVariable } from './processes/supervisor.ts'
import { masterKeyOpener } from './values/secrets/master-key-opener.ts'

const usage = 'Use: node server/src/main.ts start | api | worker | migrate, each with --watch to load the workspace again when it changes.'
const orphanGraceMs = 5_000
/** A process that was asked to stop is gone after this time, whatever holds it up. A worker gives its executions 20 seconds of that. */
const maxStopMs = 30_000

function makeLogger(name: string, environment: Environment, output: number): Logger {
  // Loaded here and not above: the process that only supervises has no need of it until something goes wrong.
  const load = createRequire(import.meta.url)
  const create = load('pino') as typeof pino // the module's own type
  const err = (error: unknown) => (load('./platform/shown-error.ts') as typeof ShownError).shownError(create.stdSerializers.err, error) // as above
  return create(
    { level: environment.logLevel, base: { process: name, pid: process.pid }, serializers: { err } },
    create.destination({ dest: output, sync: true }),
  )
}

/** Makes the logger with its first record. */
function lateLogger(make: () => Logger): Pick<Logger, 'info' | 'warn' | 'error'> {
  let logger: Logger | undefined
  const record = (level: 'info' | 'warn' | 'error') => (details: unknown, sentence?: string) => {
    logger ??= make()
    logger[level](details, sentence)
  }
  return { info: record('info'), warn: record('warn'), error: record('error') }
}

function tell(message: ProcessMessage): Promise<void> {
  return new Promise((resolve) => (process.send && process.connected ? process.send(message, () => resolve()) : resolve()))
}

type Served = { url?: string; notices?: readonly string[]; close(): Promise<void> }
type Dependencies = { environment: Environment; databaseUrl: string; masterKey: string; logger: Logger }

/** Runs an API or a worker until it is asked to stop, or the process that supervises it is gone. */
async function serve(
  name: string,
  environment: Environment,
  stopRequests: StopRequests,
  begin: (dependencies: Dependencies) => Promise<Served>,
): Promise<void> {
  const { databaseUrl, dataDir } = environment
  if (databaseUrl === null) {
    throw new StartError(
      'database_url_missing',
      `An ${name} process of its own needs DATABASE_URL. Set it to the PostgreSQL database, or use start, which brings one along.`,
    )
  }
  if (environment.masterKey === null || (name === 'api' && environment.adminApiKey === null)) await openDataDirectory(dataDir)
  const masterKey = await masterKeyOpener().open(environment.masterKey ?? (await readOrMakeMasterKey(dataDir)))
  const logger = makeLogger(name, environment, 2)
  void stopRequests.second.then(() => process.exit(1))
  void stopRequests.first.then((reason) => setTimeout(() => process.exit(1), reason === 'orphaned' ? orphanGraceMs : maxStopMs).unref())
  const served = await begin({ environment, databaseUrl, masterKey, logger })
  giveBackWhenIdle()
  await tell({ type: 'ready', url: served.url, notices: served.notices ?? [] })
  if (!process.send) for (const notice of served.notices ?? []) console.log(notice)
  if (!process.send && served.url) console.log(`The ${name} listens on ${served.url}`)
  flushCompileCache()
  await stopRequests.first
  await served.close()
}

async function migrateDatabase(environment: Environment): Promise<void> {
  const { migrate } = await import('./platform/database/migrate.ts')
  if (environment.databaseUrl !== null) {
    await migrate(environment.databaseUrl)
    const role = process.env[workerRoleVariable]
    if (role === undefined) return
    const { makeWorkerRole } = await import('./platform/database/worker-role.ts')
    return tell({ type: 'ready', url: await makeWorkerRole(environment.databaseUrl, role) })
  }
  const { startEmbeddedPostgres } = await import('./platform/postgres/embedded-postgres.ts')
  await openDataDirectory(environment.dataDir)
  const lock = await lockDataDirectory(environment.dataDir)
  const postgres = await startEmbeddedPostgres({
    directory: join(environment.dataDir, 'postgres'),
    logger: makeLogger('migrate', environment, 2),
  })
  try {
    await migrate(postgres.url)
  } finally {
    await postgres.stop()
    lock.release()
  }
}

async function run(command: string | undefined, watch: boolean): Promise<void> {
  const environment = readEnvironment(process.env, process.cwd())
  requireSafeDatabase(environment)
  // Who supervises us has said so.
  if (!process.send) {
    const { unknownVariableNotices } = await import('./platform/unknown-variables.ts')
    for (const notice of unknownVariableNotices(process.env)) console.error(notice)
  }
  switch (command) {
    case 'start': {
      const stopRequests = listenForStop()
      const { start } = await import('./processes/start.ts')
      return start({
        environment,
        watch,
        stopRequests,
        makeLogger: (output) => lateLogger(() => makeLogger('start', environment, output)),
        print: (sentence) => console.log(sentence),
      })
    }
    case 'api':
      return serve('api', environment, listenForStop(), async (dependencies) => {
        // Who supervises us has seen to it.
        if (environment.buildsInterface && !process.send) {
          const { buildInterface } = await import('./processes/interface-build.ts')
          await buildInterface({ print: (sentence) => console.log(sentence) })
        }
        const { startApi } = await import('./processes/api.ts')
        const adminApiKey = environment.adminApiKey ?? (await readOrMakeAdminApiKey(environment.dataDir))
        return startApi({ ...dependencies, adminApiKey }).catch(async (error: unknown) => {
          const { explainListening } = await import('./processes/start.ts')
          throw explainListening(error, environment) ?? error
        })
      })
    case 'worker':
      return serve('worker', environment, listenForStop(), async (dependencies) => {
        const { startWorker } = await import('./processes/worker.ts')
        return startWorker({ ...dependencies, watch })
      })
    case 'migrate':
      return migrateDatabase(environment)
    default:
      throw new StartError(
        'command_unknown',
        `${command === undefined ? 'No command was given' : `There is no command ${command}`}. ${usage}`,
      )
  }
}

function readArguments(): { command: string | undefined; watch: boolean } {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { watch: { type: 'boolean', default: false } } })
    if (positionals.length > 1) throw new Error(`Only one command can be given, not ${positionals.join(' and ')}.`)
    return { command: positionals[0], watch: values.watch }
  } catch (error) {
    throw new StartError('command_unknown', `${error instanceof Error ? error.message.split('\n')[0] : error} ${usage}`)
  }
}

try {
  const { command, watch } = readArguments()
  await run(command, watch)
  process.exit(0)
} catch (error) {
  if (!(error instanceof StartError)) {
    console.error(error)
    process.exit(1)
  }
  if (process.send) {
    await tell({ type: 'start_error', code: error.code, message: error.message })
    process.exit(startErrorExitCode)
  }
  console.error(error.message)
  process.exit(1)
}
