import { aboveLine, type Row } from '../line.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

type Execution = { status: string; result: { sum: number }; duration_ms: number; error: unknown }

/** One recorded step more, in an execution that has many, beside the same in the engine alone. */
export const stepsRow: Row = {
  name: 'steps',
  async measure(bench) {
    const platform = await bench.installation()
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Steps' })
    const steps = bench.isQuick ? 100 : 500
    const ours = async () => {
      const order = { workflow_name: 'many_steps', parameters: { steps } }
      const execution = await platform.call<Execution>('POST', '/api/workflows/execute', order, { 'x-organization-id': id })
      if (execution.status !== 'success' || execution.result.sum !== (steps * (steps - 1)) / 2)
        throw new Error(`The workflow of the bench did not run: ${JSON.stringify(execution.error)}`)
      return execution.duration_ms / steps
    }
    const dbos = await startYardstick('bare-dbos', [await bench.createDatabase('bench_dbos_steps')])
    const bare = async () => {
      const { perSecond } = await dbos.ask<{ perSecond: number }>({ concurrency: 1, durationMs: bench.turnMs, steps })
      return 1_000 / perSecond / steps
    }
    const measured = await alternate(bench.turns, ours, bare)
    await dbos.stop()
    return [
      aboveLine(
        `a recorded step, of ${steps} one after the other / one of bare DBOS`,
        median(measured.ours),
        median(measured.yardstick),
        5,
      ),
    ]
  },
}
