import { aboveLine, type Row, rateLine } from '../line.ts'
import { load } from '../load.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

type Ran = { perSecond: number; latencies: number[] }

/** A workflow of one step over HTTP, beside the engine alone. */
export const executionsRow: Row = {
  name: 'executions',
  async measure(bench) {
    const platform = await bench.installation()
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Executions' })
    const run = (connections: number) =>
      load({
        url: platform.url,
        connections,
        durationMs: bench.turnMs,
        headers: { ...platform.headers, 'x-organization-id': id, 'content-type': 'application/json' },
        requests: () => [
          {
            method: 'POST',
            path: '/api/workflows/execute',
            body: JSON.stringify({ workflow_name: 'one_step', parameters: { number: 21 } }),
          },
        ],
      })
    const probe = await platform.call<{ status: string; result: { doubled: number } }>(
      'POST',
      '/api/workflows/execute',
      { workflow_name: 'one_step', parameters: { number: 21 } },
      { 'x-organization-id': id },
    )
    if (probe.status !== 'success' || probe.result.doubled !== 42)
      throw new Error(`The workflow of the bench did not run: ${JSON.stringify(probe)}`)

    const dbos = await startYardstick('bare-dbos', [await bench.createDatabase('bench_dbos')])
    const bare = (concurrency: number) => dbos.ask<Ran>({ concurrency, durationMs: bench.turnMs })
    const atOnce = await alternate(
      bench.turns,
      () => run(16),
      () => bare(16),
    )
    const alone = await alternate(
      bench.turns,
      () => run(1),
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
