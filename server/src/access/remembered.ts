import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { Soon } from '../platform/soon.ts'

/** Remembers what was looked up of principals for a short time, until anything of them changes. */
export type Remembered<Value> = {
  get(key: string, look: () => Promise<Value | undefined>): Soon<Value | undefined>
  close(): void
}

/** A change is told with its commit. Where a telling could be missed, this bounds it. */
const defaultMaxAgeMs = 5_000
const maxRemembered = 10_000

/**
 * Nothing is remembered while nobody could tell. What there is not is never remembered. What this process changes itself it forgets at once:
 * who has revoked a key finds it revoked with their next request.
 *
 * @param given.topic of the notifications of changes
 */
export function rememberAccess<Value>(
  { db, notifications }: { db: Pick<Database, 'onTold'>; notifications: Notifications },
  { topic = 'access', maxAgeMs = defaultMaxAgeMs, now = Date.now }: { topic?: string; maxAgeMs?: number; now?: () => number } = {},
): Remembered<Value> {
  // A look-up that is under way when something changes has its place in the map before, which nobody asks any more.
  let known = new Map<string, { since: number; value: Soon<Value | undefined> }>()
  const forget = () => {
    known = new Map()
  }
  const stops = [db.onTold(topic, forget), notifications.on(topic, null, forget), notifications.onMissed(forget)]
  return {
    get(key, look) {
      if (!notifications.isConnected) return look()
      const found = known.get(key)
      if (found && now() - found.since < maxAgeMs) return found.value
      const place = known
      const value = look()
      const kept: { since: number; value: Soon<Value | undefined> } = { since: now(), value }
      place.delete(key)
      place.set(key, kept)
      const drop = () => void (place.get(key) === kept && place.delete(key))
      value.then((given) => {
        if (given === undefined) drop()
        else kept.value = given
      }, drop)
      const oldest = place.size > maxRemembered ? place.keys().next().value : undefined
      if (oldest !== undefined) place.delete(oldest)
      return value
    },
    close() {
      for (const stop of stops) stop()
    },
  }
}
