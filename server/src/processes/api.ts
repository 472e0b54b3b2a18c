import type { Logger } from 'pino'
import { installationAuthentication } from '../access/authentication.ts'
import { Gateway } from '../gateway/gateway.ts'
import { mailThrough } from '../people/mail.ts'
import { openDatabase } from '../platform/database/database.ts'
import { requireRoles } from '../platform/database/migrate.ts'
import { listen } from '../platform/database/notifications.ts'
import { outlastOutages } from '../platform/database/outages.ts'
import type { Environment } from '../platform/environment.ts'
import { readCertificate } from '../platform/http/certificate.ts'
import { renewCertificate } from '../platform/http/secure-serving.ts'
import { defaultSourceLimits } from '../platform/http/source-limits.ts'
import { openInstallationKeyring } from '../values/secrets/installation-keyring.ts'
import { buildApp } from './app.ts'
import { requireSafeListening } from './safe-listening.ts'

export type ApiOptions = {
  environment: Environment
  databaseUrl: string
  masterKey: string
  adminApiKey: string
  logger: Logger
  /** Default: 30 s. */
  maxStatementMs?: number
}

/** No answer is worth a longer statement: one that runs away would keep its connection from all other requests. Migrations and workers have no such bound. */
const defaultMaxStatementMs = 30_000

/** Starts the process that answers HTTP. It never loads author code. */
export async function startApi(options: ApiOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { environment, databaseUrl, logger, maxStatementMs = defaultMaxStatementMs } = options
  requireSafeListening(environment)
  const certificate = environment.tls ? await readCertificate(environment.tls) : undefined
  const db = openDatabase(databaseUrl, { maxConnections: 20, name: 'crosswalk api', logger, maxStatementMs })
  await outlastOutages(() => requireRoles(db))
  const [keyring, notifications] = await Promise.all([
    outlastOutages(() => openInstallationKeyring(db, environment, options.masterKey, logger)),
    listen(databaseUrl, logger),
  ])
  const authentication = installationAuthentication({
    db,
    notifications,
    adminApiKey: options.adminApiKey,
    idleMinutes: environment.sessionIdleMinutes,
    isAdminKeyOff: environment.isAdminKeyOff,
  })
  // It is started when the first connection to a vendor is made.
  const gateway = new Gateway({ logger, allow: environment.egressAllow, ownPorts: [environment.port], certificates: [], onRefused() {} })
  const app = await buildApp({
    db,
    fetchOutside: (request) => gateway.fetch(request),
    renewalDays: environment.renewalDays,
    keyring,
    notifications,
    authenticate: authentication.authenticate,
    idleMinutes: environment.sessionIdleMinutes,
    hosts: [environment.host, ...environment.publicHosts],
    trustedProxies: environment.trustedProxies,
    certificate,
    sourceLimits: {
      ...defaultSourceLimits,
      maxConnections: environment.maxConnectionsPerAddress,
      maxStreams: environment.maxStreamsPerAddress,
    },
    maxEventLoopDelayMs: environment.overloadedAfterMs,
    sendMail: environment.mail ? mailThrough(environment.mail.url, environment.mail.from, environment.allowsPlainMail) : undefined,
    logger,
    queueLimits: { perOrganization: environment.maxQueuedPerOrganization, overall: environment.maxQueued },
  })
  const url = await app.listen({ host: environment.host, port: environment.port })
  const renewal =
    environment.tls && certificate ? renewCertificate({ server: app.server, files: environment.tls, certificate, logger }) : undefined
  return {
    url,
    async close() {
      renewal?.close()
      await app.close()
      await gateway.close()
      authentication.close()
      await notifications.close()
      await db.close()
    },
  }
}
