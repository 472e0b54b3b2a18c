import type { Logger } from 'pino'
import { type Database, inScope } from '../platform/database/database.ts'
import { oncePerMinute } from '../platform/http/source-limits.ts'
import { type Acting, recordAudit, systemActing } from './audit.ts'
import type { RefusalAction } from './audit-event.ts'

export type RecordRefusal = (action: RefusalAction, address: string | undefined) => void

/**
 * Records that an address was refused: its connections, its streams, its signing in. Once a minute of each kind and address, so that
 * nobody can fill the audit with it. Each sign-in that failed is in the log: how many there can be is limited.
 *
 * @returns takes the action, as `connection.refused`, and the address
 */
export function recordRefusals({ db, logger }: { db: Database; logger: Logger }): RecordRefusal {
  const record = oncePerMinute<RefusalAction>((action, address) => {
    if (action !== 'session.refused') logger.warn({ address, action }, 'an address was refused')
    const event = { action, organizationId: null, target: { type: 'address' as const, id: address }, changes: {} }
    inScope(db, 'allOrganizations', (transaction) => recordAudit(transaction, systemActing, event)).catch((error: unknown) =>
      logger.warn({ err: error }, 'a refusal could not be recorded'),
    )
  })
  return (action, address) => {
    if (action === 'session.refused') logger.warn({ address, action }, 'an address was refused')
    record(action, address)
  }
}

const windowMs = 60_000
/** So many routes of one caller in a minute: who tries all of them shows by these. */
const maxPerCaller = 20
const maxCallers = 10_000

/**
 * @param permission that was lacking, where it was that
 * @param asked the ids that were asked for, where it is out of reach or not there
 */
export type RefusedRequest = { acting: Acting; route: string; code: string; permission?: string | undefined; asked?: string | undefined }

/** 1, 10, 100 …: who tries many ids shows by the number, and by few rows. */
const isPowerOfTen = (times: number): boolean => /^10*$/.test(String(times))

/**
 * Records that somebody who is known asked for what they may not, or for what is not there for them. Of each route of a caller the first, tenth,
 * hundredth … in a minute, and so many routes: all of it is in the log, and nobody can fill the audit with it.
 */
export function recordRefusedRequests({ db, logger }: { db: Database; logger: Logger }, now: () => number = Date.now) {
  const told = new Map<string, { since: number; routes: Map<string, number> }>()
  /** How often a caller was refused by a route in this minute. Undefined of a route beyond those that are counted. */
  const timesOf = ({ type, id }: Acting['actor'], route: string): number | undefined => {
    const key = `${type} ${id}`
    const before = told.get(key)
    const lately = before && now() - before.since < windowMs ? before : { since: now(), routes: new Map<string, number>() }
    const times = (lately.routes.get(route) ?? 0) + 1
    if (times === 1 && lately.routes.size >= maxPerCaller) return undefined
    lately.routes.set(route, times)
    told.delete(key)
    told.set(key, lately)
    const oldest = told.size > maxCallers ? told.keys().next().value : undefined
    if (oldest !== undefined) told.delete(oldest)
    return times
  }
  return ({ acting, route, code, permission, asked }: RefusedRequest): void => {
    const times = timesOf(acting.actor, route)
    if (times === undefined || !isPowerOfTen(times)) return
    const target = {
      ...{ type: 'route' as const, id: route, name: route, code, times },
      ...(permission === undefined ? {} : { permission }),
      ...(asked === undefined ? {} : { asked }),
    }
    const event = { action: 'request.refused' as const, organizationId: null, target, changes: {} }
    inScope(db, 'allOrganizations', (transaction) => recordAudit(transaction, acting, event)).catch((error: unknown) =>
      logger.warn({ err: error }, 'a refusal could not be recorded'),
    )
  }
}
