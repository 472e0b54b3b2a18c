import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { type Authentication, adminKeyAuthentication } from '../src/access/auth.ts'
import type { FetchOutside } from '../src/credentials/tokens/asking.ts'
import type { QueueLimits } from '../src/engine/dispatch/queue-gate.ts'
import type { SendMail } from '../src/people/mail.ts'
import type { Database } from '../src/platform/database/database.ts'
import { listen, type Notifications } from '../src/platform/database/notifications.ts'
import { buildApp } from '../src/processes/app.ts'
import { type Keyring, openKeyring } from '../src/values/secrets/keyring.ts'
import { givenDatabase } from './given-database.ts'
import { fetchDirectly } from './token-vendor.ts'

export const testAdminKey = 'test-administrator-key'
/** 32 bytes of nothing secret. */
export const testMasterKey = Buffer.alloc(32, 7).toString('base64')
export const testLogger = pino({ level: process.env.CROSSWALK_LOG_LEVEL ?? 'silent' }, pino.destination(2))

export type TestApp = {
  app: FastifyInstance
  db: Database
  databaseUrl: string
  notifications: Notifications
  keyring: Keyring
  /** What the API warned of so far, or worse. */
  logged(): string
} & AsyncDisposable

/** The whole API on a database of its own, without a port. Every answer is checked against its schema. */
export async function createTestApp(
  options: {
    authenticate?: Authentication
    /** Made with what the app has. */
    authenticateWith?: (given: { db: Database; notifications: Notifications }) => Authentication
    queueLimits?: QueueLimits
    sendMail?: SendMail
    /** Default: without the gateway and its rules. */
    fetchOutside?: FetchOutside
  } = {},
): Promise<TestApp> {
  const db = await givenDatabase({ name: 'crosswalk test' })
  const notifications = await listen(db.url, testLogger)
  const keyring = await openKeyring(db, testMasterKey)
  const lines: string[] = []
  const app = await buildApp({
    db,
    notifications,
    keyring,
    fetchOutside: options.fetchOutside ?? fetchDirectly,
    renewalDays: 7,
    authenticate: options.authenticateWith?.({ db, notifications }) ?? options.authenticate ?? adminKeyAuthentication(testAdminKey),
    logger: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
    checksAnswers: true,
    maxEventLoopDelayMs: 0,
    ...(options.queueLimits ? { queueLimits: options.queueLimits } : {}),
    ...(options.sendMail ? { sendMail: options.sendMail } : {}),
  })
  return {
    app,
    db,
    databaseUrl: db.url,
    notifications,
    keyring,
    logged: () => lines.join(''),
    async [Symbol.asyncDispose]() {
      await app.close()
      await notifications.close()
      await db[Symbol.asyncDispose]()
    },
  }
}
