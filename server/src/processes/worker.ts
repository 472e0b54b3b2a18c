import { watch } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import type { Logger } from 'pino'
import { startAuditChain } from '../audit/audit-chain.ts'
import { auditRetention } from '../audit/audit-retention.ts'
import { openSinks } from '../audit/sinks/open-sinks.ts'
import { startAuditSinks } from '../audit/sinks/sending.ts'
import { startBatchKeeper } from '../batches/batch-keeper.ts'
import { publishDefinitions } from '../definitions/definitions.ts'
import { startWorkerHost } from '../engine/dispatch/worker-host.ts'
import { readyMadeFolder } from '../engine/runners/readable-paths.ts'
import { RunnerPool } from '../engine/runners/runner-pool.ts'
import { describeLayers, describeMissing } from '../engine/runners/sandbox/layers.ts'
import { Gateway, type GatewayOptions } from '../gateway/gateway.ts'
import { findOrganizationNames } from '../organizations/organizations.ts'
import { type Database, forPurpose, openDatabase } from '../platform/database/database.ts'
import { requireRoles } from '../platform/database/migrate.ts'
import { listen } from '../platform/database/notifications.ts'
import { outlastOutages } from '../platform/database/outages.ts'
import type { Environment } from '../platform/environment.ts'
import { startScheduler } from '../schedules/scheduler.ts'
import { startRetention } from '../upkeep/retention.ts'
import { openInstallationKeyring } from '../values/secrets/installation-keyring.ts'
import { secretsRead } from '../values/secrets/secret-reads.ts'
import { stepSealer } from '../values/secrets/step-sealer.ts'
import { startVaultRemovals } from '../values/secrets/vault/vault-removals.ts'
import { recordRefusedConnection } from './refused-connections.ts'
import { endHandlers, hostRequests, pauses, publishedHooks, retentionRules } from './slices.ts'
import { type OpenedVendorCalls, openVendorCalls } from './vendor-calls.ts'

export type WorkerOptions = { environment: Environment; databaseUrl: string; masterKey: string; logger: Logger; watch: boolean }

/** What a worker is unless it is told otherwise. Times in milliseconds. */
const defaults = {
  maxConcurrent: 32,
  // Five seconds are promised, and a busy machine is late with everything.
  graceMs: 3_000,
  drainMs: 20_000,
  sessionsPerRunner: 16,
  maxRunners: 2,
  executionsPerRunner: 10_000,
  maxHeapMb: 256,
  stallMs: 5_000,
  loadTimeoutMs: 20_000,
}
/** Editors write a file in several steps. */
const settleMs = 150

/** Starts a worker: loads the workspace, tells what it found, and takes executions. */
export async function startWorker(options: WorkerOptions): Promise<{ notices: string[]; close(): Promise<void> }> {
  const { environment, databaseUrl, logger } = options
  const db = openDatabase(databaseUrl, { maxConnections: 12, name: 'crosswalk worker', logger })
  await outlastOutages(() => requireRoles(db))
  let vendorCalls: OpenedVendorCalls | undefined
  const gateway = openGateway(options, db, {
    onExchanges: (exchanges) => vendorCalls?.calls.heard(exchanges),
    onUnsent: (exchanges) => vendorCalls?.calls.unsent(exchanges),
    onLost: () => vendorCalls?.calls.gatewayLost(),
  })
  const pool = new RunnerPool({
    ...defaults,
    workspace: environment.workspaceDir,
    readyMade: { folder: readyMadeFolder, names: environment.integrations },
    hidden: [environment.dataDir],
    cacheFolder: join(environment.dataDir, 'runner-cache'),
    sandbox: environment.sandbox,
    sharing: environment.runnerSharing,
    gateway,
    logger,
  })
  // Before anything else is opened: where it is required and missing, nothing is to begin.
  const { layers } = await pool.sandbox()
  const missing = describeMissing(layers)
  if (missing !== undefined) logger.warn({ layers }, 'the operating system does not confine author code')
  const [keyring, notifications, loaded] = await Promise.all([
    outlastOutages(() => openInstallationKeyring(db, environment, options.masterKey, logger)),
    listen(databaseUrl, logger),
    pool.reload(),
  ])
  if (gateway) vendorCalls = openVendorCalls({ db, notifications, keyring, gateway, logger, renewalDays: environment.renewalDays })
  const host = await startWorkerHost({
    ...defaults,
    limits: { perOrganization: environment.maxRunningPerOrganization, overall: environment.maxRunning },
    leaseMs: environment.takeoverSeconds * 1_000,
    minWaitMs: environment.minWaitSeconds * 1_000,
    db,
    notifications,
    pool,
    sandboxProblem: missing ?? null,
    sandboxLayers: describeLayers(layers),
    logger,
    requests: hostRequests({ keyring, vendorCalls: vendorCalls?.calls ?? null }),
    endHandlers,
    pauses,
    sealer: stepSealer(keyring),
    knownSecrets: (executionId) => secretsRead(db, keyring, executionId),
    onLeaseLost() {
      logger.fatal('this worker was silent until others took over what it ran; it ends, to be started again')
      process.exit(1)
    },
  })

  async function publish({ definitions, problems, codeVersion }: Awaited<ReturnType<RunnerPool['reload']>>): Promise<void> {
    await outlastOutages(() => publishDefinitions(forPurpose(db, 'workspace'), { definitions, problems, codeVersion }, publishedHooks))
    await host.setWorkspace({ codeVersion, definitions })
    for (const problem of problems) logger.warn(problem, 'a file of the workspace was not loaded')
    logger.info({ definitions: definitions.length, problems: problems.length, codeVersion }, 'workspace loaded')
  }
  await publish(loaded)
  host.begin()
  const batchKeeper = startBatchKeeper({ db: forPurpose(db, 'batches'), notifications, logger, maxQueued: environment.maxQueued })
  const retention = startRetention({
    db: forPurpose(db, 'retention'),
    logger,
    retentionDays: environment.retentionDays,
    rules: [...retentionRules, ...auditRetention(environment.auditDays)],
    now: () => new Date(),
  })
  const auditChain = startAuditChain({ db: forPurpose(db, 'audit chain'), logger })
  const vaultRemovals = keyring.inVault
    ? startVaultRemovals({ db: forPurpose(db, 'vault removals'), vault: keyring.inVault.vault, logger })
    : undefined
  const auditSinks = startAuditSinks({
    db: forPurpose(db, 'audit sinks'),
    logger,
    sinks: openSinks(environment, gateway),
    findOrganizationNames: (scope, ids) => findOrganizationNames(db, scope, ids),
  })
  const scheduler = startScheduler({ db: forPurpose(db, 'schedules'), notifications, logger })
  const stopWatching = options.watch ? watchWorkspace(environment.workspaceDir, logger, async () => publish(await pool.reload())) : () => {}

  return {
    notices: [describeLayers(layers), ...(missing === undefined ? [] : [missing])],
    async close() {
      stopWatching()
      await Promise.all([
        scheduler.close(),
        batchKeeper.close(),
        retention.stop(),
        auditChain.stop(),
        auditSinks.stop(),
        vaultRemovals?.stop(),
      ])
      await host.close(defaults.drainMs)
      await vendorCalls?.close()
      await notifications.close()
      await db.close()
    },
  }
}

/** Windows gives no descriptor of a child to another process: there author code opens its connections itself, wherever they lead. */
function openGateway(
  { environment, databaseUrl, logger }: WorkerOptions,
  db: Database,
  heard: Pick<GatewayOptions, 'onExchanges' | 'onUnsent' | 'onLost'>,
): Gateway | null {
  if (process.platform === 'win32') {
    logger.warn('this system has no network gateway: author code may connect to every address')
    return null
  }
  const databasePort = Number(URL.parse(databaseUrl)?.port) || 5432
  const gateway = new Gateway({
    logger,
    allow: environment.egressAllow,
    ownPorts: [environment.port, databasePort],
    // Those of NODE_EXTRA_CA_CERTS.
    certificates: getCACertificates('extra'),
    ...heard,
    recordsBodies: environment.recordBodies === 'failures',
    onRefused(refused) {
      logger.warn(
        { execution_id: refused.executionId, host: refused.host, port: refused.port, times: refused.times },
        'a connection was refused',
      )
      recordRefusedConnection(db, refused).catch((error) =>
        logger.error({ err: error }, 'a refused connection was not written to the audit'),
      )
    },
  })
  gateway.start()
  process.on('message', (message: { type?: unknown; port?: unknown }) => {
    if (message.type === 'port') gateway.protect(Number(message.port))
  })
  return gateway
}

/** Calls back once for each burst of changes, one after the other. */
function watchWorkspace(folder: string, logger: Logger, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let reloading: Promise<void> = Promise.resolve()
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file?.includes('node_modules')) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      reloading = reloading.then(onChange).catch((error) => logger.error({ err: error }, 'the workspace could not be loaded again'))
    }, settleMs)
  })
  // As where a folder is taken away while it is looked at: what is there already stays loaded.
  watcher.on('error', (error) => logger.error({ err: error }, 'changes of the workspace are not noticed any more'))
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
