import { join } from 'node:path'
import { startInstallation } from '../installation.ts'
import { type Line, type Row, ratesLine } from '../line.ts'
import { oneStepLoad } from '../one-step-load.ts'
import { median } from '../statistics.ts'

/** The same load on installations with more workers. On a machine whose cores are full with one, more of them only share. */
export const workersRow: Row = {
  name: 'workers',
  async measure(bench) {
    const rates: { workers: number; perSecond: number }[] = []
    for (const workers of [1, 2, 4]) {
      const installation = await startInstallation({
        command: 'start',
        directory: join(bench.directory, `workers-${workers}`),
        databaseUrl: await bench.createDatabase(`bench_workers_${workers}`),
        workers,
      })
      try {
        const run = await oneStepLoad(installation)
        await run(16, bench.turnMs * 2)
        const turns: number[] = []
        for (let turn = 0; turn < bench.turns; turn++) turns.push((await run(16, bench.turnMs)).perSecond)
        rates.push({ workers, perSecond: median(turns) })
      } finally {
        await installation.stop()
      }
    }
    const alone = rates[0]?.perSecond ?? 0
    return rates
      .slice(1)
      .map(({ workers, perSecond }): Line => ratesLine(`one-step workflow, 16 at once, ${workers} workers / 1 worker`, perSecond, alone))
  },
}
