import pg from 'pg'
import { aboveLine, type Row } from '../line.ts'
import { alternate, median } from '../statistics.ts'

/** `ctx.getIntegrationMapping`, timed by the author's code itself, beside one select of the same row. */
export const mappingInWorkflowRow: Row = {
  name: 'mapping-in-workflow',
  async measure(bench) {
    const platform = await bench.installation()
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Mapping in a workflow' })
    await platform.call('POST', `/api/organizations/${id}/integrations`, {
      integration_name: 'bench_vendor',
      external_org_id: '12345',
      external_org_name: 'Acme Corp',
      mapping_data: { region: 'eu' },
    })
    const times = bench.isQuick ? 500 : 2_000
    const inWorkflow = async () => {
      const execution = await platform.call<{ status: string; result: { latencies: number[] }; error: unknown }>(
        'POST',
        '/api/workflows/execute',
        { workflow_name: 'read_mappings', parameters: { times } },
        { 'x-organization-id': id },
      )
      if (execution.status !== 'success') throw new Error(`The workflow of the bench did not run: ${JSON.stringify(execution.error)}`)
      return median(execution.result.latencies)
    }

    const client = new pg.Client({ connectionString: platform.databaseUrl })
    await client.connect()
    await client.query("set crosswalk.scope = 'all'")
    const select = async () => {
      const latencies: number[] = []
      for (let time = 0; time < times; time++) {
        const startedAt = performance.now()
        await client.query({
          name: 'mapping',
          text: 'select * from organization_mappings where organization_id = $1 and integration_name = $2 and is_active limit 2',
          values: [id, 'bench_vendor'],
        })
        latencies.push(performance.now() - startedAt)
      }
      return median(latencies)
    }
    const measured = await alternate(bench.turns, inWorkflow, select)
    await client.end()
    return [
      aboveLine('ctx.getIntegrationMapping in a workflow, p50 / a bare pg select', median(measured.ours), median(measured.yardstick), 1),
    ]
  },
}
