import { pino } from 'pino'
import { type Budgets, openBudgets } from '../../../server/src/budgets/budgets.ts'
import { openDatabase } from '../../../server/src/platform/database/database.ts'
import { migrate } from '../../../server/src/platform/database/migrate.ts'
import { listen } from '../../../server/src/platform/database/notifications.ts'
import { startStrictVendor } from '../../../server/testing/strict-vendor.ts'
import type { Bench } from '../bench.ts'
import { type Line, type Row, timesLine } from '../line.ts'

const workers = 4
const organizations = 20

/** 1,000 calls of four workers within 300 in five seconds, at a vendor that refuses each one that is too many in any five seconds. */
export const budgetsRow: Row = { name: 'budgets', measure }

async function measure(bench: Bench): Promise<Line[]> {
  const limit = bench.isQuick ? { requests: 60, perMs: 1_000 } : { requests: 300, perMs: 5_000 }
  const calls = bench.isQuick ? 200 : 1_000
  await using parts = new AsyncDisposableStack()
  const vendor = parts.use(await startStrictVendor({ ...limit, delayMs: () => Math.random() * 40 }))
  const url = await bench.createDatabase('bench_budgets')
  await migrate(url)
  const opened: Budgets[] = []
  for (let index = 0; index < workers; index++) {
    const db = openDatabase(url, { maxConnections: 3 })
    parts.defer(() => db.close())
    const notifications = await listen(url, pino({ level: 'silent' }))
    parts.defer(() => notifications.close())
    const budgets = openBudgets({ db, notifications, logger: pino({ level: 'silent' }) })
    parts.defer(() => budgets.close())
    opened.push(budgets)
  }
  const call = async (budgets: Budgets, limits: Parameters<Budgets['take']>[1], index: number) => {
    const key = { integration: 'bench', credential: `${limits.length}`, host: vendor.host }
    const organizationId = String(index % organizations)
    return budgets.take(key, limits, { organizationId, executionId: 'bench', urgency: 'background', maxWaitMs: 120_000 })
  }

  const startedAt = performance.now()
  const limits = [{ ...limit, share: 1 }]
  const made = Array.from({ length: calls }, async (_, index) => {
    const pass = await call(opened[index % workers] as Budgets, limits, index)
    const status = await vendor.call()
    pass.release()
    return status
  })
  const refused = (await Promise.all(made)).filter((status) => status !== 200).length
  const tookMs = performance.now() - startedAt
  const minMs = Math.floor((calls - 1) / limit.requests) * limit.perMs
  const limited = opened.reduce((sum, { roundTrips }) => sum + roundTrips, 0) / calls

  // As fast as one worker can, within limits that are wide enough.
  const [one] = opened as [Budgets]
  const before = one.roundTrips
  for (let index = 0; index < 10_000; index++) (await call(one, [{ requests: 1_000_000, perMs: 60_000 }, { parallel: 8 }], index)).release()
  const atFullSpeed = (one.roundTrips - before) / 10_000
  const what = `${calls.toLocaleString('en')} calls of ${workers} workers, ${limit.requests} in ${limit.perMs / 1_000} s allowed`
  return [
    timesLine(`${what}: time, beside the shortest that is possible`, tookMs, minMs, 1.1),
    countLine(`${what}: refused by the vendor`, refused, 0),
    countLine(`${what}: questions to the database a call`, limited, undefined),
    countLine('calls within wide limits: questions to the database a call', atFullSpeed, 0.05),
  ]
}

function countLine(what: string, value: number, atMost: number | undefined): Line {
  const shown = value === 0 || Number.isInteger(value) ? String(value) : value.toFixed(4)
  const line = { what, ours: shown, yardstick: '–', ratio: '–' }
  return atMost === undefined ? { ...line, target: '–' } : { ...line, target: `≤ ${atMost}`, isMet: value <= atMost }
}
