import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startInstallation } from '../installation.ts'
import { limitLine, type Row } from '../line.ts'
import { median } from '../statistics.ts'

const takeoverSeconds = 3
/** How long the execution rests: longer than a take-over. */
const restMs = 20_000
const lookMs = 10

/** From the kill -9 of a worker until another has its execution, with the shortest lease there is. */
export const takeOverRow: Row = {
  name: 'take-over',
  async measure(bench) {
    const databaseUrl = await bench.createDatabase('bench_take_over')
    const installation = await startInstallation({
      command: 'start',
      directory: join(bench.directory, 'take-over'),
      databaseUrl,
      workers: 2,
      takeoverSeconds,
    })
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query("set crosswalk.scope = 'all'")
    const workerOf = async (executionId: string): Promise<{ worker: string; pid: number } | undefined> => {
      const { rows } = await client.query<{ worker: string; pid: number }>(
        `select lease.id as worker, lease.pid from executions e join worker_leases lease on lease.id = e.worker_id
         where e.id = $1 and e.status = 'running' and exists (select from execution_steps where execution_id = e.id and status = 'success')`,
        [executionId],
      )
      return rows[0]
    }
    try {
      const { id } = await installation.call<{ id: string }>('POST', '/api/organizations', { name: 'Take-over' })
      const takenAfterMs: number[] = []
      for (let turn = 0; turn < bench.turns; turn++) {
        const order = { workflow_name: 'rest', parameters: { ms: restMs } }
        const { execution_id: executionId } = await installation.call<{ execution_id: string }>(
          'POST',
          '/api/workflows/execute?wait=0',
          order,
          {
            'x-organization-id': id,
          },
        )
        let first = await workerOf(executionId)
        for (; !first; first = await workerOf(executionId)) await delay(lookMs)
        process.kill(first.pid, 'SIGKILL')
        const killedAt = performance.now()
        while (((await workerOf(executionId)) ?? first).worker === first.worker) await delay(lookMs)
        takenAfterMs.push(performance.now() - killedAt)
        await installation.call('POST', `/api/executions/${executionId}/cancel`)
      }
      return [
        limitLine(
          `from kill -9 of a worker until another has its execution, a lease of ${takeoverSeconds} s`,
          median(takenAfterMs) / 1_000,
          30,
          's',
        ),
      ]
    } finally {
      await client.end()
      await installation.stop()
    }
  },
}
