import type { Logger } from 'pino'
import type { Authentication } from '../access/auth.ts'
import type { Principal } from '../access/principal.ts'
import type { FetchOutside } from '../credentials/tokens/asking.ts'
import type { QueueLimits } from '../engine/dispatch/queue-gate.ts'
import type { SendMail } from '../people/mail.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { Certificate } from '../platform/http/certificate.ts'
import type { SourceLimits } from '../platform/http/source-limits.ts'
import type { Keyring } from '../values/secrets/keyring.ts'

/** What the routes need, made once by the process that listens. */
export type AppDependencies = {
  db: Database
  notifications: Notifications
  keyring: Keyring
  authenticate: Authentication
  /** Who everybody is taken for, without looking. Only the bench gives it, to measure what looking costs; no setting leads here. */
  takenFor?: Principal
  logger: Logger
  /** Not given, no mail is sent: links are copied. */
  sendMail?: SendMail | undefined
  queueLimits?: QueueLimits
  sourceLimits?: SourceLimits
  /** The names of this installation, beside those of loopback. */
  hosts?: readonly string[]
  /** Addresses and networks whose word is taken for where a request comes from. */
  trustedProxies?: readonly string[]
  /** What the API is served with over TLS. Not given: plain HTTP. */
  certificate?: Certificate | undefined
  /** Makes requests of the platform itself, such as for the token of a connection. Not given, there are none. */
  fetchOutside?: FetchOutside
  /** A token of a vendor that cannot be renewed for this time waits for a person. Default: 7. */
  renewalDays?: number
  /** A session that nobody uses ends after this time. */
  idleMinutes?: number
  /** Requests are refused while the process is busy for longer at a stretch. 0 refuses none: tests run on busy machines. Default: 2 s. */
  maxEventLoopDelayMs?: number
  /** How long a request may take to arrive. Default: 30 s. */
  maxArrivalMs?: number
  /** Checks every answer against its schema: for tests. In production the views are sent as they were made. */
  checksAnswers?: boolean
}
