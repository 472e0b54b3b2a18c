// The engine by itself: a workflow of one step, started and awaited in the process that runs it.
import { DBOS } from '@dbos-inc/dbos-sdk'
import { answering } from './answering.ts'

const quiet = { info: () => {}, debug: () => {}, warn: () => {}, error: (entry: unknown) => console.error(entry) }

const oneStep = DBOS.registerWorkflow(async (number: number) => DBOS.runStep(async () => number * 2, { name: 'double' }), {
  name: 'oneStep',
})
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.argv[2] ?? '', logger: quiet as never }) // it takes any logger of this form
await DBOS.launch()

/** So many at once, each beginning when another has ended. */
async function runFor({
  concurrency,
  durationMs,
}: {
  concurrency: number
  durationMs: number
}): Promise<{ perSecond: number; latencies: number[] }> {
  const latencies: number[] = []
  const begunAt = performance.now()
  const lane = async () => {
    while (performance.now() - begunAt < durationMs) {
      const startedAt = performance.now()
      const handle = await DBOS.startWorkflow(oneStep)(latencies.length)
      await handle.getResult()
      latencies.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return { perSecond: (latencies.length / (performance.now() - begunAt)) * 1_000, latencies }
}

answering({}, runFor)
