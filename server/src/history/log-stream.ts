import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { type Execution, getExecution, hasEnded } from '../engine/state/executions.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { outlastOutages } from '../platform/database/outages.ts'
import { DomainError } from '../platform/errors.ts'
import type { SharedReads } from '../platform/shared-reads.ts'
import { listLogLines } from './logs.queries.ts'
import { viewOfLine } from './logs.ts'

/** Keeps connections open through proxies, and tells a follower that is gone. */
const keepAliveMs = 15_000
/** Few: each follower holds so many, and a line may be 100 KB. */
const linesPerRead = 200
/** How often a follower looks, should what it waits to be told be lost with the process that would have told it. */
const lookMs = 5_000
/** How long a follower whose right to read has ended still reads, at most. */
const admitMs = 2_000

/** What is sent of one line: its number, and the event as text. */
export type SentLine = { sequence: number; text: string }

type Following = {
  db: Database
  /** Of all followers: those who are at the same place of the same log read it once. */
  lines: SharedReads<SentLine[]>
  scope: Scope
  /** What the follower may read now. Throws where that is nothing any more. */
  scopeNow: () => Promise<Scope>
  notifications: Notifications
  reply: FastifyReply
  signal: AbortSignal
}

const eventOf = (event: string, data: unknown, id?: number) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** Of an execution that each of its followers has just found in their own scope; so for all of them its organization is scope enough. */
async function readLines(db: Database, scope: Scope, { id, organizationId }: Execution, from: number): Promise<SentLine[]> {
  const narrow = organizationId === null ? scope : { organizationId }
  const rows = await listLogLines(db, narrow, id, { from, limit: linesPerRead })
  return rows.map((row) => ({ sequence: row.sequence, text: eventOf('log', viewOfLine(row), row.sequence) }))
}

/**
 * Sends an execution's log as server-sent events, as it is written, and ends with the execution, or with the right to read it.
 * A follower that reads slowly is waited for, and reads the database when it is ready: it holds nothing up but itself.
 */
export async function followLog(
  { db, lines, scope: scopeAtFirst, scopeNow, notifications, reply, signal }: Following,
  executionId: string,
  from: number,
  viewOfEnd: (execution: Execution) => unknown,
): Promise<void> {
  reply.hijack()
  const stream = reply.raw
  stream.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders), // those that every answer has
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  })
  // A follower is told that it follows before there is a line: the first may be long in coming.
  stream.flushHeaders()
  const gone = new AbortController()
  stream.once('close', () => gone.abort())
  signal.addEventListener('abort', () => gone.abort(), { once: true })

  let news = Promise.withResolvers<void>()
  const wake = () => news.resolve()
  const stops = [
    notifications.on('execution.logs', executionId, wake),
    notifications.on('execution.ended', executionId, wake),
    notifications.on('execution.progress', executionId, wake),
    notifications.onMissed(wake),
  ]
  gone.signal.addEventListener('abort', wake, { once: true })
  const keepAlive = setInterval(() => stream.write(': still here\n\n'), keepAliveMs)
  const looking = setInterval(wake, lookMs)
  let scope = scopeAtFirst
  let refusal: DomainError | undefined
  const admit = async () => {
    try {
      scope = await scopeNow()
    } catch (error) {
      // While the database is away nobody can tell; and nothing can be read either.
      if (!(error instanceof DomainError)) return
      refusal = error
      wake()
    }
  }
  // Told where a key, a grant or a role changes; looked at from time to time for what nobody tells.
  stops.push(notifications.on('access', null, () => void admit()))
  const admitting = setInterval(() => void admit(), admitMs)
  const write = async (text: string) => {
    // It takes its listeners away again, also where the follower is gone.
    if (!stream.write(text)) await once(stream, 'drain', { signal: gone.signal }).catch(() => {})
  }
  const send = (event: string, data: unknown) => write(eventOf(event, data))

  // A follower stays while the database is away, and misses nothing.
  const outlasting = <T>(work: () => Promise<T>) => outlastOutages(work, () => gone.signal.aborted)
  let next = from
  let progress = ''
  try {
    while (!gone.signal.aborted && !refusal) {
      news = Promise.withResolvers<void>()
      // The state is read before the lines: an execution that has ended writes no more of them.
      const execution = await outlasting(() => getExecution(db, scope, executionId))
      for (;;) {
        const read = await outlasting(() => lines.get(`${executionId} ${next}`, () => readLines(db, scope, execution, next)))
        for (const line of read) await write(line.text)
        next = (read.at(-1)?.sequence ?? next - 1) + 1
        if (read.length < linesPerRead || gone.signal.aborted || refusal) break
      }
      if (JSON.stringify(execution.progress) !== progress && execution.progress) {
        progress = JSON.stringify(execution.progress)
        await send('progress', execution.progress)
      }
      if (hasEnded(execution)) {
        await send('ended', viewOfEnd(execution))
        break
      }
      if (!refusal) await news.promise
    }
    if (refusal) await send('refused', { error: refusal.code, message: refusal.message })
  } catch (error) {
    // It is out of the follower's reach by now.
    if (!(error instanceof DomainError)) throw error
    await send('refused', { error: error.code, message: error.message })
  } finally {
    clearInterval(admitting)
    clearInterval(keepAlive)
    clearInterval(looking)
    for (const stop of stops) stop()
    stream.end()
  }
}
