import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'

/** The database can be reached, and takes no changes: a standby, or one that was made read-only. Nothing is asked of it. */
export class ReadOnlyDatabase extends Error {
  readonly code = '25006'
  constructor() {
    super('The server is read-only, as a standby is.')
  }
}

/** True if the database refuses changes because it is read-only, as it is after a failover that is not over or went elsewhere. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof ReadOnlyDatabase || (error instanceof pg.DatabaseError && error.code === '25006')
}

/** True where a table has other columns since the connection prepared its statement, as after a migration. It would be refused for ever. */
export function isOfOldColumns(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'
}

/** True if the error says that the database cannot be reached, is shutting down or starting, takes no changes, or has run out of something: not that a statement was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (isReadOnly(error)) return true
  if (error instanceof pg.DatabaseError) return /^(08|57P|53|25P03)/.test(error.code ?? '') || isClosed(error)
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|timeout expired|connection error and is not queryable|Client was closed/.test(
      error.message,
    )
  )
}

/** An operator lets nobody in for a while. The code alone says less. */
function isClosed({ code, message }: pg.DatabaseError): boolean {
  return code === '55000' && /connections/.test(message)
}

/** True if the database answers, but has no space left to write to. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '53100'
}

/** True if PostgreSQL gave a statement up that took longer than it may. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014'
}

/**
 * True if PostgreSQL takes no such value: text with a character that it does not keep, a time or number out of its range, text or a key that
 * is too long.
 */
export function isValueRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22001|22003|22007|22008|22021|22P05|54000)$/.test(error.code ?? '')
}

/** True if PostgreSQL rolled the transaction back because of another one: the same may well succeed when it is done again. */
export function isRolledBack(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(40|55P03)/.test(error.code ?? '')
}

const retryMs = 500

/**
 * Does something that is safe to repeat, again and again while the database is away. What else it throws is thrown.
 *
 * @param isTooLate the next failure is thrown, whatever it is
 */
export async function outlastOutages<T>(work: () => Promise<T>, isTooLate: () => boolean = () => false): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseAway(error) || isTooLate()) throw error
      await delay(retryMs)
    }
  }
}

/** What one process knows of its database's being away, from what it asks of it. */
export interface Outages {
  /** True from a failure on, until its end was told. */
  readonly isGoingOn: boolean
  /** True while writing was refused for want of space a moment ago. Reading continues meanwhile, so no success ends it. */
  readonly isDiskFull: boolean
  failed(error: unknown): void
  succeeded(): void
}

/** It is said again, while it lasts, after this time. */
const remindMs = 30_000
/** Where nothing was refused for this time, there is space again. */
const spaceMs = 10_000

const sentences = {
  away: 'the database does not answer; what needs it waits',
  readOnly: 'the database is read-only, as a standby is; what needs it waits until it takes changes',
  full: 'the disk of the database is full; what has to be written waits until there is space on it',
}
const ends: typeof sentences = {
  away: 'the database answers again',
  readOnly: 'the database takes changes again',
  full: 'the database has space again',
}

function kindOf(error: unknown): keyof typeof sentences {
  if (isDiskFull(error)) return 'full'
  return isReadOnly(error) ? 'readOnly' : 'away'
}

/**
 * Tells the operator of an outage in a line when it begins, another now and then, and one at its end: not one for each statement that failed.
 *
 * @param now milliseconds
 */
export function watchOutages(logger: Pick<Logger, 'error' | 'info'> | undefined, now: () => number = Date.now): Outages {
  const outages = new Map<keyof typeof sentences, { since: number; toldAt: number; lastAt: number }>()

  return {
    get isGoingOn() {
      return outages.size > 0
    },
    get isDiskFull() {
      return now() - (outages.get('full')?.lastAt ?? Number.NEGATIVE_INFINITY) < spaceMs
    },
    failed(error) {
      if (!isDatabaseAway(error)) return
      const at = now()
      const kind = kindOf(error)
      const outage = outages.get(kind) ?? { since: at, toldAt: Number.NEGATIVE_INFINITY, lastAt: at }
      outages.set(kind, outage)
      outage.lastAt = at
      if (at - outage.toldAt < remindMs) return
      outage.toldAt = at
      logger?.error({ reason: (error as Error).message || String((error as { code?: unknown }).code) }, sentences[kind])
    },
    succeeded() {
      for (const [kind, { since, lastAt }] of outages) {
        if (kind === 'full' && now() - lastAt < spaceMs) continue
        outages.delete(kind)
        logger?.info({ seconds: Math.round((lastAt - since) / 1_000) }, ends[kind])
      }
    },
  }
}
