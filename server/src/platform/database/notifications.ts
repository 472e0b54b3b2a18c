import pg from 'pg'
import type { Logger } from 'pino'
import { keptAlive } from './database.ts'
import { channel } from './notify.ts'
import { outlastOutages } from './outages.ts'
import { requireWritable } from './writable.ts'

/** One connection that listens for the whole process. What is told may be missed, so those who wait for something look as well. */
export interface Notifications {
  /** Calls back on each notification of a topic (for one id, where given), until the returned function is called. */
  on(topic: string, id: string | null, listener: (id: string) => void): () => void
  /** Calls back whenever notifications may have been missed: after each reconnection. Look again at what you wait for. */
  onMissed(listener: () => void): () => void
  readonly isConnected: boolean
  close(): Promise<void>
}

/**
 * Listens until closed; a lost connection is made again, first at once and then every half second. Where the database is away
 * at the beginning, it is waited for: a process that is started during an outage begins when that is over.
 */
export async function listen(url: string, logger: Logger): Promise<Notifications> {
  const listeners = new Map<string, Set<(id: string) => void>>()
  const missed = new Set<() => void>()
  let client: pg.Client | undefined
  let isClosed = false
  let retry: NodeJS.Timeout | undefined

  const keyOf = (topic: string, id: string | null) => (id === null ? topic : `${topic} ${id}`)
  const deliver = (payload: string) => {
    const [topic = '', ...ids] = payload.split(' ')
    for (const id of ids) for (const key of [topic, keyOf(topic, id)]) for (const listener of listeners.get(key) ?? []) listener(id)
  }
  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'crosswalk listen',
      ...keptAlive,
      connectionTimeoutMillis: 5_000,
    })
    next.on('error', () => {})
    next.on('notification', (message) => deliver(message.payload ?? ''))
    next.on('end', () => {
      if (client !== next) return
      client = undefined
      if (!isClosed) reconnect(0)
    })
    try {
      await next.connect()
      await requireWritable(next)
      await next.query(`listen ${channel}`)
    } catch (error) {
      void next.end().catch(() => {})
      throw error
    }
    client = next
    if (isClosed) await next.end()
  }
  const reconnect = (delayMs: number) => {
    retry = setTimeout(() => {
      connect().then(
        () => {
          logger.info('listening to the database again')
          for (const listener of missed) listener()
        },
        () => {
          if (!isClosed) reconnect(500)
        },
      )
    }, delayMs)
  }
  await outlastOutages(connect)
  return {
    get isConnected() {
      return client !== undefined
    },
    on(topic, id, listener) {
      const key = keyOf(topic, id)
      const set = listeners.get(key) ?? new Set()
      listeners.set(key, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key)
      }
    },
    onMissed(listener) {
      missed.add(listener)
      return () => missed.delete(listener)
    },
    async close() {
      isClosed = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
