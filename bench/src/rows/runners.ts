import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bareProcessesMs } from '../bare-processes.ts'
import { type Installation, startInstallation } from '../installation.ts'
import { aboveLine, type Row, rateLine, timesLine } from '../line.ts'
import { load } from '../load.ts'
import { median } from '../statistics.ts'

const order = { workflow_name: 'one_step', parameters: { number: 21 } }

/** A process for each organization, beside one that all share: the same load on two installations, in turns. */
export const runnersRow: Row = {
  name: 'runners',
  async measure(bench) {
    const count = bench.isQuick ? 50 : 500
    const start = async (runnerSharing: 'organization' | 'trusted') => {
      const installation = await startInstallation({
        command: 'start',
        directory: join(bench.directory, `runners-${runnerSharing}`),
        databaseUrl: await bench.createDatabase(`bench_runners_${runnerSharing}`),
        runnerSharing,
      })
      bench.defer(() => installation.stop())
      const ids: string[] = []
      for (let index = 0; index < count; index++)
        ids.push((await installation.call<{ id: string }>('POST', '/api/organizations', { name: `Organization ${index}` })).id)
      return { installation, ids }
    }
    const [ours, trusted] = [await start('organization'), await start('trusted')]
    const both = async (measure: (given: typeof ours) => Promise<number>) => {
      const [here, there]: [number[], number[]] = [[], []]
      for (let turn = 0; turn < bench.turns; turn++) {
        here.push(await measure(ours))
        there.push(await measure(trusted))
      }
      return [median(here), median(there)] as const
    }
    const single = await both(({ installation, ids }) => singleMs(installation, ids[0] as string)) // there is one at least
    const many = await both(({ installation, ids }) => rateOfMany(installation, ids.slice(0, 16), bench.turnMs))
    const batch = await both(({ installation, ids }) => batchMs(installation, ids))
    // What is left of it where a process does nothing: no way of ours to start one can be faster.
    const bareMs = await bareProcessesMs(count, join(import.meta.dirname, '..', '..', 'workspace'))
    return [
      timesLine(`batch of ${count} one-step executions, each of its own organization / shared runners`, ...batch, 4),
      timesLine(`the same / ${count} confined processes of Node that run nothing`, batch[0], bareMs, undefined),
      aboveLine('one execution, p50 / shared runners', ...single, 3),
      rateLine('16 organizations at once / shared runners', ...many, 0.5),
    ]
  },
}

async function singleMs(installation: Installation, organizationId: string): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < 40; index++) {
    const startedAt = performance.now()
    await installation.call('POST', '/api/workflows/execute', order, { 'x-organization-id': organizationId })
    times.push(performance.now() - startedAt)
  }
  return median(times)
}

async function rateOfMany(installation: Installation, ids: readonly string[], durationMs: number): Promise<number> {
  const rates = await Promise.all(
    ids.map((id) =>
      load({
        url: installation.url,
        connections: 1,
        durationMs,
        headers: { ...installation.headers, 'x-organization-id': id, 'content-type': 'application/json' },
        requests: () => [{ method: 'POST', path: '/api/workflows/execute', body: JSON.stringify(order) }],
      }),
    ),
  )
  return rates.reduce((sum, { perSecond }) => sum + perSecond, 0)
}

type Batch = { completed_at: string | null; total: number; counts: { success: number } }

async function batchMs(installation: Installation, organizations: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const made = await installation.call<{ batch_id: string }>('POST', '/api/workflows/execute', { ...order, organizations })
  for (;;) {
    const batch = await installation.call<Batch>('GET', `/api/batches/${made.batch_id}`)
    if (batch.completed_at !== null) {
      if (batch.counts.success !== batch.total) throw new Error(`The batch of the bench ended as ${JSON.stringify(batch)}.`)
      return performance.now() - startedAt
    }
    await delay(50)
  }
}
