import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startInstallation } from '../installation.ts'
import { type Line, limitLine, type Row } from '../line.ts'
import { memoryOf } from '../memory.ts'
import { median } from '../statistics.ts'

/** Longer than a connection to the database is kept that only the start needed. */
const idleMs = 15_000

/** The whole platform with its own PostgreSQL, started again on a data directory that is initialised. */
export const startRow: Row = {
  name: 'start',
  async measure(bench) {
    const given = { command: 'start', directory: join(bench.directory, 'start'), databaseUrl: undefined } as const
    await (await startInstallation(given)).stop()
    const readyAfterMs: number[] = []
    const lines: Line[] = []
    for (let turn = 0; turn < bench.turns; turn++) {
      const installation = await startInstallation(given)
      readyAfterMs.push(installation.readyAfterMs)
      if (turn === bench.turns - 1) {
        const probe = await fetch(`${installation.url}/readyz`)
        if (!probe.ok) throw new Error(`The installation is not ready: ${probe.status}.`)
        await delay(idleMs)
        const memory = await memoryOf(installation.pid)
        if (memory) {
          const { pss, rss, processes } = memory
          lines.push(limitLine(`memory of all ${processes.length} processes once idle, shared pages counted once (PSS)`, pss, 350, 'MB'))
          lines.push({
            what: 'the same, shared pages counted in every process (RSS)',
            ours: `${Math.round(rss)} MB`,
            yardstick: '–',
            ratio: '–',
            target: '–',
          })
          for (const { name, pss: part } of processes) bench.say(`  ${Math.round(part)} MB  ${name}`)
        } else bench.say('  memory is measured on Linux only')
      }
      await installation.stop()
    }
    return [limitLine('start on an initialised data directory until ready', median(readyAfterMs) / 1_000, 3, 's'), ...lines]
  },
}
