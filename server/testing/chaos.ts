import { setTimeout as delay } from 'node:timers/promises'
import { cutConnections } from './cut-connections.ts'
import { type Accepted, type Fleet, startFleet } from './fleet.ts'
import { startOwnPostgres } from './own-postgres.ts'

const workerCount = 3
const apiCount = 2

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export type Chaos = {
  fleet: Fleet
  /** What was done, in order. */
  acts: string[]
  /** Runs load and faults for this time, and returns what was accepted. */
  run(seconds: number): Promise<Accepted[]>
} & AsyncDisposable

/** Three workers and two API processes on a PostgreSQL of their own, a load, and a seeded sequence of faults. */
export async function startChaos(seed: number): Promise<Chaos> {
  const random = randomOf(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const acts: string[] = []
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startOwnPostgres())
  const fleet = parts.use(
    await startFleet({ databaseUrl: postgres.url, workers: workerCount, apis: apiCount, takeoverSeconds: 3, random, logLevel: 'silent' }),
  )
  const { workers, apis, vendor } = fleet

  const faults: Record<string, () => Promise<void> | void> = {
    'kill a worker': () => pick(workers).signal('SIGKILL'),
    'stop a worker': () => pick(workers).signal('SIGTERM'),
    'kill an API': () => pick(apis).signal('SIGKILL'),
    'cut all connections': () => cutConnections(postgres.url),
    'restart the database': async () => {
      await postgres.stop()
      await delay(random() * 4_000)
      await postgres.start()
    },
    'crash the database': async () => {
      await postgres.kill()
      await delay(random() * 1_000)
      await postgres.start()
    },
    'pause a worker': async () => {
      const worker = pick(workers)
      worker.signal('SIGSTOP')
      await delay(1_000 + random() * 5_000)
      worker.signal('SIGCONT')
    },
    'slow the vendor': async () => {
      vendor.delayMs = 300
      await delay(2_000)
      vendor.delayMs = 5
    },
  }
  const held = parts.move()

  return {
    fleet,
    acts,
    async run(seconds) {
      const until = Date.now() + seconds * 1_000
      const accepted: Accepted[] = []
      const loading = fleet.load({ pauseMs: () => 100 + random() * 200, isOver: () => Date.now() > until, accepted })
      while (Date.now() < until) {
        const act = pick(Object.keys(faults))
        acts.push(act)
        await faults[act]?.()
        await delay(500 + random() * 1_500)
      }
      await loading
      return accepted
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  }
}
