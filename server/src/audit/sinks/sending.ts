import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { repeatWork } from '../../platform/repeated-work.ts'
import { listNextInChain } from '../audit-chain.queries.ts'
import { viewOf } from '../audit-view.ts'
import { type FindOrganizationNames, organizationNamesOf } from '../organization-names.ts'
import { type SentEvent, type Sink, SinkFailure } from './sink.ts'
import { insertSink, listSinks, moveCursor, noteFailure, takeSink } from './sinks.queries.ts'

const everyMs = 2_000
const eventsPerSend = 200
/** Many receivers take a megabyte. */
const maxCharsPerSend = 500_000
/** Longer than a send takes. */
const leaseMs = 60_000
const firstPauseMs = 5_000
const maxPauseMs = 5 * 60_000

/** The first of these events, as many as go into one send. */
function fitting(events: readonly SentEvent[]): readonly SentEvent[] {
  let chars = 0
  const end = events.findIndex((event) => (chars += JSON.stringify(event).length) > maxCharsPerSend)
  return end === -1 ? events : events.slice(0, Math.max(1, end))
}

/**
 * Sends the first of these events, as many as the other side takes at once. One that is too large by itself is sent without its changes:
 * large changes keep nothing behind them from being sent.
 *
 * @returns how many were sent
 * @throws as `Sink.send`
 */
async function sendFirst(sink: Sink, events: readonly SentEvent[]): Promise<number> {
  for (let part = fitting(events); ; ) {
    try {
      await sink.send(part)
      return part.length
    } catch (error) {
      const [first] = part
      if (!(error instanceof SinkFailure && error.isTooLarge) || !first || first.changes_left_out) throw error
      part = part.length > 1 ? part.slice(0, Math.ceil(part.length / 2)) : [{ ...first, changes: {}, changes_left_out: true }]
    }
  }
}

export type SendingGiven = { db: Database; logger: Logger; sinks: readonly Sink[]; findOrganizationNames: FindOrganizationNames }

/**
 * Sends what a sink does not have yet, in the order of the chain, until it has everything, fails or another process has its turn.
 * The cursor moves after events have arrived, so that none is lost: a process that dies in between has them sent again.
 *
 * @param sender names this process
 * @returns how many were sent
 */
export async function sendAuditEvents({ db, logger, findOrganizationNames }: SendingGiven, sink: Sink, sender: string): Promise<number> {
  for (let sent = 0; ; ) {
    const cursor = await takeSink(db, sink.name, sender, leaseMs)
    if (cursor === undefined) return sent
    const rows = await listNextInChain(db, cursor, eventsPerSend)
    if (rows.length === 0) return sent
    const items = rows.map(({ organization_id }) => ({ organizationId: organization_id }))
    const names = await organizationNamesOf(findOrganizationNames, 'allOrganizations', items)
    const events = rows.map((row) => ({ sequence: row.sequence, hash: row.hash.toString('hex'), ...viewOf(row, names) }))
    let count: number
    try {
      count = await sendFirst(sink, events)
    } catch (error) {
      const failures = (await listSinks(db)).find(({ name }) => name === sink.name)?.failures ?? 0
      const asked = error instanceof SinkFailure ? error.retryAfterMs : undefined
      const pauseMs = asked ?? Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(failures, 10))
      const reason = error instanceof SinkFailure ? error.message : 'It could not be sent; the log of the worker says why.'
      logger.warn(
        { sink: sink.name, reason, err: error instanceof SinkFailure ? undefined : error },
        'audit events were not sent on and wait',
      )
      await noteFailure(db, sink.name, sender, reason, pauseMs)
      return sent
    }
    const last = rows[count - 1]?.sequence ?? cursor
    if (!(await moveCursor(db, sink.name, sender, last))) return sent
    sent += count
  }
}

/** Sends what is new every other second. Of several processes one has the turn at a sink, and another when that one is gone. */
export function startAuditSinks(given: SendingGiven): { stop(): Promise<void> } {
  const { db, logger, sinks } = given
  const sender = newId()
  let isReady = false
  return repeatWork({
    everyMs,
    isAtOnce: true,
    async work() {
      if (!isReady) {
        for (const { name } of sinks) await insertSink(db, name)
        isReady = true
      }
      await Promise.all(sinks.map((sink) => sendAuditEvents(given, sink, sender)))
    },
    // While the database is away they wait.
    onFailure: (error) => logger.debug({ err: error }, 'audit events could not be sent on and wait'),
  })
}
