import { aboveLine, type Row, rateLine } from '../line.ts'
import { oneStepLoad } from '../one-step-load.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

type Ran = { perSecond: number; latencies: number[] }

/** A workflow of one step over HTTP, beside the engine alone. */
export const executionsRow: Row = {
  name: 'executions',
  async measure(bench) {
    const platform = await bench.installation()
    const run = await oneStepLoad(platform)
    const dbos = await startYardstick('bare-dbos', [await bench.createDatabase('bench_dbos')])
    const bare = (concurrency: number) => dbos.ask<Ran>({ concurrency, durationMs: bench.turnMs })
    const atOnce = await alternate(
      bench.turns,
      () => run(16, bench.turnMs),
      () => bare(16),
    )
    const alone = await alternate(
      bench.turns,
      () => run(1, bench.turnMs),
      () => bare(1),
    )
    await dbos.stop()
    const p50 = (turns: Ran[]) => median(turns.map(({ latencies }) => median(latencies)))
    return [
      rateLine(
        'one-step workflow over HTTP, 16 at once / bare DBOS in one process',
        median(atOnce.ours.map(({ perSecond }) => perSecond)),
        median(atOnce.yardstick.map(({ perSecond }) => perSecond)),
        0.6,
      ),
      aboveLine('one-step workflow over HTTP, one at a time, p50 / one bare DBOS workflow', p50(alone.ours), p50(alone.yardstick), 15),
    ]
  },
}
