import { createHash } from 'node:crypto'
import { open, rename, stat } from 'node:fs/promises'
import { flushCompileCache } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Environment } from '../platform/environment.ts'
import {
  adminApiKeyFile,
  lockDataDirectory,
  openDataDirectory,
  readOrMakeAdminApiKey,
  readOrMakeMasterKey,
  removeRunning,
  writeRunning,
} from '../platform/files/data-directory.ts'
import { namedUrl, readCertificate } from '../platform/http/certificate.ts'
import { startEmbeddedPostgres } from '../platform/postgres/embedded-postgres.ts'
import { StartError, systemCodeOf } from '../platform/start-error.ts'
import { masterKeyOpener } from '../values/secrets/master-key-opener.ts'
import { buildInterface } from './interface-build.ts'
import { requireSafeListening } from './safe-listening.ts'
import { signInToken } from './sign-in-token.ts'
import type { StopRequests } from './stop-requests.ts'
import { type ProcessPlan, runProcess, superviseProcess, workerRoleVariable } from './supervisor.ts'

export type StartOptions = {
  environment: Environment
  /** Workers load the workspace again when it changes. */
  watch: boolean
  stopRequests: StopRequests
  /** Makes a logger that writes to a file descriptor. */
  makeLogger(output: number): Pick<Logger, 'info' | 'warn' | 'error'>
  /** Says a sentence to the person at the terminal. */
  print(sentence: string): void
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const readyWithinMs = 60_000
const apiGraceMs = 10_000
const workerGraceMs = 30_000
const urgentGraceMs = 8_000
const maxLogBytes = 20_000_000

/** What listening failed of, for the person who chose the address. Undefined for other errors. */
export function explainListening(error: unknown, { host, port }: Environment): StartError | undefined {
  switch (systemCodeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(
        'port_taken',
        `Port ${port} on ${host} is taken by another program. Stop that program, or set CROSSWALK_PORT to another port.`,
      )
    case 'EACCES':
      return new StartError(
        'port_not_allowed',
        `This user may not listen on port ${port} of ${host}. Set CROSSWALK_PORT to a port above 1023.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        'host_not_available',
        `This machine has no address ${host} to listen on. Set CROSSWALK_HOST to one that it has, such as 127.0.0.1 or 0.0.0.0.`,
      )
    default:
      return undefined
  }
}

/** Finds out that the port is taken before anything else is done. */
async function checkPort(environment: Environment): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, environment) ?? error))
    server.listen(environment.port, environment.host, () => server.close(() => resolve()))
  })
}

/** Log lines go to standard error; where that is a person's terminal, to a file instead. */
async function openLogOutput(dataDir: string): Promise<{ descriptor: number; file?: string }> {
  if (!process.stderr.isTTY) return { descriptor: 2 }
  const file = join(dataDir, 'crosswalk.log')
  const size = (await stat(file).catch(() => undefined))?.size ?? 0
  if (size > maxLogBytes) await rename(file, `${file}.old`)
  return { descriptor: (await open(file, 'a', 0o600)).fd, file }
}

const ownerUrlNotice =
  'Workers use the database as its owner: the user in DATABASE_URL may not make a role for them. Let it make roles, or start workers apart, each with the URL of a role that is a member of crosswalk_app and crosswalk_listed.'

/** The database role of this installation's workers. Its password is made at each start and kept nowhere. */
function workerRole(dataDir: string): string {
  return `crosswalk_worker_${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
}

/**
 * Runs the whole platform on this machine until it is asked to stop: PostgreSQL, unless there is one already, one API, the workers.
 * Stops in order: the API, the workers, the database last.
 *
 * @throws StartError whatever keeps a part of it from starting.
 */
export async function start({ environment, watch, stopRequests, makeLogger, print }: StartOptions): Promise<void> {
  const { dataDir } = environment
  requireSafeListening(environment)
  const certificate = environment.tls ? await readCertificate(environment.tls) : undefined
  let isUrgent = false
  const urgent = stopRequests.second.then(() => {
    isUrgent = true
    // Should something not end even so; a PostgreSQL that loses us stops by itself.
    setTimeout(() => process.exit(1), urgentGraceMs).unref()
  })
  await using parts = new AsyncDisposableStack()

  await openDataDirectory(dataDir)
  const lock = await lockDataDirectory(dataDir)
  parts.defer(lock.release)
  await checkPort(environment)
  const log = await openLogOutput(dataDir)
  const logger = makeLogger(log.descriptor)
  // Opened first, so that nothing is started where its vault does not open it.
  const masterKey = await masterKeyOpener().open(environment.masterKey ?? (await readOrMakeMasterKey(dataDir)))
  const adminApiKey = environment.adminApiKey ?? (await readOrMakeAdminApiKey(dataDir))

  // Beside what follows: it takes a while after an upgrade, and no time otherwise.
  const abandoned = new AbortController()
  parts.defer(() => abandoned.abort())
  const built = environment.buildsInterface ? buildInterface({ signal: abandoned.signal, print }) : Promise.resolve()

  const postgres =
    environment.databaseUrl === null ? await startEmbeddedPostgres({ directory: join(dataDir, 'postgres'), logger }) : undefined
  if (postgres) {
    parts.defer(async () => {
      const atOnce = urgent.then(() => postgres.stop('now'))
      await Promise.race([postgres.stop(isUrgent ? 'now' : undefined), atOnce])
    })
  }
  for (const notice of postgres?.notices ?? []) print(notice)

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: postgres?.url ?? environment.databaseUrl ?? '',
    CROSSWALK_DATA_DIR: dataDir,
    CROSSWALK_WORKSPACE: environment.workspaceDir,
    CROSSWALK_MASTER_KEY: masterKey,
    CROSSWALK_ADMIN_API_KEY: adminApiKey,
    // Without it each process would load the compiler that strips the types, which is slow and large.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(dataDir, 'compile-cache'),
  }
  const planOf = (name: string, args: string[], graceMs: number): ProcessPlan => ({
    name,
    args: [main, ...args],
    graceMs,
    env: { ...env },
    output: log.descriptor,
  })
  const stopped = stopRequests.first.then(() => 'stopped' as const)
  const wasStopped = () => Promise.race([stopped, delay(0, 'running' as const)])

  if ((await wasStopped()) === 'stopped') return
  const migrating = planOf('migrate', ['migrate'], 0)
  migrating.env[workerRoleVariable] = workerRole(dataDir)
  const workerUrl = await runProcess(migrating, urgent)
  if (workerUrl === undefined) print(ownerUrlNotice)
  if ((await wasStopped()) === 'stopped') return
  if ((await Promise.race([stopped, built])) === 'stopped') return

  const workerPlans = Array.from({ length: environment.workers }, (_, index) => {
    const plan = planOf(`worker ${index + 1}`, ['worker', ...(watch ? ['--watch'] : [])], workerGraceMs)
    // Where author code is, there is nothing that it would be worth breaking out for but what workers need.
    delete plan.env.CROSSWALK_ADMIN_API_KEY
    if (workerUrl !== undefined) plan.env.DATABASE_URL = workerUrl
    return plan
  })
  const workers = workerPlans.map((plan) => superviseProcess(plan, logger))
  parts.defer(async () => void (await Promise.all(workers.map((worker) => worker.stop()))))
  const apiPlan = planOf('api', ['api'], apiGraceMs)
  const api = superviseProcess(apiPlan, logger)
  parts.defer(() => api.stop())
  // Where the system chooses the port, workers know it from here: author code may not reach it.
  void api.ready.then((url) => {
    const port = Number(new URL(url ?? 'http://host').port)
    if (port === 0) return
    for (const plan of workerPlans) plan.env.CROSSWALK_PORT = String(port)
    for (const worker of workers) void worker.ready.then(() => worker.tellPort(port))
  })
  void urgent.then(() => {
    for (const part of [api, ...workers]) part.kill()
  })

  const failed = Promise.race([api, ...workers].map((part) => part.failed)).then((error) => Promise.reject(error))
  const databaseGone = postgres?.exited.then((error) => (error ? Promise.reject(error) : ('stopped' as const)))
  const ended = Promise.race([failed, stopped, ...(databaseGone ? [databaseGone] : [])])

  const late = new AbortController()
  const tooLate = delay(readyWithinMs, undefined, { signal: late.signal }).then(() =>
    Promise.reject(
      new StartError('not_ready', `Not everything was ready after ${readyWithinMs / 1000} seconds. The log says what it waits for.`),
    ),
  )
  tooLate.catch(() => {})
  const allReady = Promise.all([api.ready, ...workers.map((worker) => worker.ready)]).then(([url]) => ({ url }))
  const outcome = await Promise.race([ended, allReady, tooLate]).finally(() => late.abort())
  if (outcome === 'stopped') return

  const servedAt = outcome.url ?? `http://${environment.host}:${environment.port}`
  const url = certificate ? namedUrl(servedAt, certificate, environment.publicHosts) : servedAt
  // Where the system chose the port, an API that is started again must keep it.
  apiPlan.env.CROSSWALK_PORT = new URL(servedAt).port || String(environment.port)
  await writeRunning(dataDir, { url, pid: process.pid, startedAt: new Date().toISOString() })
  parts.defer(() => removeRunning(dataDir))
  print(`Crosswalk listens on ${url}`)
  if (environment.isAdminKeyOff) print('The admin API key is switched off by CROSSWALK_ADMIN_KEY')
  else
    print(
      environment.adminApiKey === null
        ? `The admin API key is in ${adminApiKeyFile(dataDir)}`
        : 'The admin API key is the one in CROSSWALK_ADMIN_API_KEY',
    )
  for (const notice of new Set(workers.flatMap((worker) => worker.notices()))) print(notice)
  const token = await signInToken(servedAt, adminApiKey, certificate)
  if (token) print(`Sign in once with ${url}/sign-in#token=${token}`)
  if (log.file) print(`The log is ${log.file}`)
  flushCompileCache()
  await ended
  print('Stopping: running work is finished first. Ask again to stop at once.')
}
