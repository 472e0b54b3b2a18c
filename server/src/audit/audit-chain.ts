import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { repeatWork } from '../platform/repeated-work.ts'
import {
  findAnchor,
  findChainEnd,
  findLastLink,
  findLink,
  holdChain,
  insertLinks,
  type Link,
  listLinked,
  takeUnlinked,
} from './audit-chain.queries.ts'

const eventsPerRun = 2_000
const everyMs = 2_000
const linksPerRead = 5_000
/** What stands before the first link. */
const beginning: Link = { sequence: 0, hash: Buffer.alloc(32) }

function hashOf(before: Buffer, content: string): Buffer {
  return createHash('sha256').update(before).update(content).digest()
}

/**
 * Links events to the chain, the oldest first. Of several processes one does, and the others have nothing to do.
 *
 * @returns how many were linked
 */
export function linkAuditEvents(db: Database): Promise<number> {
  return inScope(db, 'allOrganizations', linkAuditEventsWithin)
}

/** The same as part of what else a transaction does. */
export async function linkAuditEventsWithin(transaction: Transaction): Promise<number> {
  if (!(await holdChain(transaction))) return 0
  const events = await takeUnlinked(transaction, eventsPerRun)
  if (events.length === 0) return 0
  let last = (await findLastLink(transaction)) ?? (await findAnchor(transaction)) ?? beginning
  const links = events.map(({ id, content }) => {
    last = { sequence: last.sequence + 1, hash: hashOf(last.hash, content) }
    return { ...last, eventId: id }
  })
  await insertLinks(transaction, links)
  return links.length
}

/** Links what is new every other second, in each worker: all of them try, and one does. */
export function startAuditChain({ db, logger }: { db: Database; logger: Logger }): { stop(): Promise<void> } {
  return repeatWork({
    everyMs,
    async work(isStopped) {
      while (!isStopped() && (await linkAuditEvents(db)) === eventsPerRun);
    },
    // While the database is away they wait.
    onFailure: (error) => logger.debug({ err: error }, 'audit events could not be linked and wait'),
  })
}

/** What is wrong with a link: one before it is missing, its event is missing, or the event is not what it was. */
export type ChainProblem = { sequence: number; eventId: string | null; problem: 'link_missing' | 'event_missing' | 'event_changed' }

export type CheckedChain = {
  checked: number
  problems: ChainProblem[]
  /** Where to continue; null at the end. */
  next: number | null
  /** The last link: kept outside, it shows later whether the end was cut off. */
  head: { sequence: number; hash: string } | null
  /** The last event that was deleted for its age, and when: the chain begins behind it. */
  anchor: { sequence: number; hash: string; forgottenAt: Date } | null
  /** Events of the last moments, which have no link yet. */
  unlinked: number
}

/** Looks at a part of the chain. @param after the sequence to continue behind; 0 is the beginning */
export async function checkAuditChain(db: Database, after: number, limit: number = linksPerRead): Promise<CheckedChain> {
  const anchor = await findAnchor(db)
  const from = Math.max(after, anchor?.sequence ?? 0)
  const [rows, end, first] = await Promise.all([
    listLinked(db, from, limit),
    findChainEnd(db),
    from === 0 || from === anchor?.sequence ? Promise.resolve(anchor ?? beginning) : findLink(db, from),
  ])
  const problems: ChainProblem[] = []
  let before: Link = first ?? beginning
  for (const { sequence, hash, event_id: eventId, content } of rows) {
    if (sequence !== before.sequence + 1) problems.push({ sequence: before.sequence + 1, eventId: null, problem: 'link_missing' })
    else if (content === null) problems.push({ sequence, eventId, problem: 'event_missing' })
    else if (!hashOf(before.hash, content).equals(hash)) problems.push({ sequence, eventId, problem: 'event_changed' })
    before = { sequence, hash }
  }
  return {
    checked: rows.length,
    problems,
    next: rows.length === limit ? before.sequence : null,
    head: end.sequence === null || end.hash === null ? null : { sequence: end.sequence, hash: end.hash.toString('hex') },
    anchor: anchor ? { sequence: anchor.sequence, hash: anchor.hash.toString('hex'), forgottenAt: anchor.forgotten_at } : null,
    unlinked: end.unlinked,
  }
}

/** True where the chain still has this link: what was its end once. Null where it was deleted for its age, and cannot be told. */
export async function hasLink(db: Database, sequence: number, hash: string): Promise<boolean | null> {
  const anchor = await findAnchor(db)
  if (anchor && sequence < anchor.sequence) return null
  const link = sequence === anchor?.sequence ? anchor : await findLink(db, sequence)
  return link?.hash.toString('hex') === hash.toLowerCase()
}
