// The engine by itself: a workflow of one step or more, started and awaited in the process that runs it.
import { DBOS } from '@dbos-inc/dbos-sdk'
import { answering } from './answering.ts'

const quiet = { info: () => {}, debug: () => {}, warn: () => {}, error: (entry: unknown) => console.error(entry) }

const someSteps = DBOS.registerWorkflow(
  async (number: number, steps: number) => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum += await DBOS.runStep(async () => number * 2, { name: `double ${step}` })
    return sum
  },
  { name: 'someSteps' },
)
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.argv[2] ?? '', logger: quiet as never }) // it takes any logger of this form
await DBOS.launch()

/** So many at once, each beginning when another has ended. */
async function runFor({
  concurrency,
  durationMs,
  steps = 1,
}: {
  concurrency: number
  durationMs: number
  steps?: number
}): Promise<{ perSecond: number; latencies: number[] }> {
  const latencies: number[] = []
  const begunAt = performance.now()
  const lane = async () => {
    while (performance.now() - begunAt < durationMs) {
      const startedAt = performance.now()
      const handle = await DBOS.startWorkflow(someSteps)(latencies.length, steps)
      await handle.getResult()
      latencies.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return { perSecond: (latencies.length / (performance.now() - begunAt)) * 1_000, latencies }
}

answering({}, runFor)
