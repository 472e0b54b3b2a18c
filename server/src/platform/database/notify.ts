import type pg from 'pg'
import { createWorkLoop } from '../work-loop.ts'

/** The channel that every process listens on. A notification is a topic and the ids that it is about. */
export const channel = 'crosswalk'

/** Tells every listening process something about one thing. */
export type Tell = (topic: string, id: string) => void

/** PostgreSQL takes payloads below 8000 bytes; an id has 36. */
const idsPerNotification = 150

/**
 * Tells what has been committed, many things at once.
 *
 * A `notify` inside of a transaction has all such transactions commit one after the other, each of them waiting for the disk alone. So
 * it is sent by itself, after the commit. A process that dies between the two tells nothing: those who listen also look, from time to time.
 */
export function tellThrough(pool: pg.Pool): Tell {
  let waiting = new Map<string, Set<string>>()

  async function tellAll(): Promise<void> {
    // What else is told in this turn of the event loop goes along.
    await new Promise((resolve) => setImmediate(resolve))
    const topics = waiting
    waiting = new Map()
    const payloads = [...topics].flatMap(([topic, ids]) => chunksOf([...ids]).map((chunk) => [topic, ...chunk].join(' ')))
    await pool
      .query({
        name: 'crosswalk tell',
        text: `select pg_notify('${channel}', payload) from unnest($1::text[]) payload`,
        values: [payloads],
      })
      // While the database is away there is nobody to tell. What was told meanwhile is tried all the same.
      .catch(() => {})
  }

  const telling = createWorkLoop(
    () => waiting.size > 0,
    tellAll,
    () => {},
  )

  return (topic, id) => {
    const ids = waiting.get(topic) ?? new Set()
    waiting.set(topic, ids.add(id))
    telling.wake()
  }
}

function chunksOf(ids: string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / idsPerNotification) }, (_, index) =>
    ids.slice(index * idsPerNotification, (index + 1) * idsPerNotification),
  )
}
