import pg from 'pg'
import { copyInto, copyText } from '../copy.ts'
import type { Installation } from '../installation.ts'
import { limitLine, type Row, rateLine } from '../line.ts'
import { alternate, median, percentile } from '../statistics.ts'

type Execution = { execution_id: string; status: string }

async function writeLines(
  platform: Installation,
  organizationId: string,
  parameters: { lines: number; pause_ms: number },
  wait: number,
): Promise<Execution> {
  return platform.call<Execution>(
    'POST',
    `/api/workflows/execute?wait=${wait}`,
    { workflow_name: 'write_lines', parameters },
    { 'x-organization-id': organizationId },
  )
}

/** Follows an execution's log, and returns how long each line took from the author's code to here. */
async function follow(platform: Installation, executionId: string): Promise<number[]> {
  const response = await fetch(`${platform.url}/api/executions/${executionId}/logs`, {
    headers: { ...platform.headers, accept: 'text/event-stream' },
  })
  if (!response.ok || !response.body) throw new Error(`The log cannot be followed: ${response.status}.`)
  const latencies: number[] = []
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const seenAt = performance.timeOrigin + performance.now()
    text += chunk
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const [, name, json] = /event: (\w+)\ndata: (.*)/.exec(event) ?? []
      if (name === 'log' && json !== undefined) latencies.push(seenAt - (JSON.parse(json) as { data: { at: number } }).data.at) // the bench's own line
    }
  }
  return latencies
}

/** Lines of one execution, beside COPY of the very rows that they became; and how soon a follower sees one. */
export const logsRow: Row = {
  name: 'logs',
  async measure(bench) {
    const platform = await bench.installation()
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Logs' })
    const lines = bench.isQuick ? 5_000 : 20_000
    const client = new pg.Client({ connectionString: platform.databaseUrl })
    await client.connect()
    await client.query("set crosswalk.scope = 'all'; create table bare_logs (like execution_logs including all)")

    let rows: object[] = []
    const ours = async () => {
      const startedAt = performance.now()
      const { execution_id: executionId, status } = await writeLines(platform, id, { lines, pause_ms: 0 }, 120)
      const tookMs = performance.now() - startedAt
      const kept = await client.query<object>('select * from execution_logs where execution_id = $1', [executionId])
      rows = kept.rows
      if (status !== 'success' || rows.length !== lines)
        throw new Error(`${rows.length} of ${lines} lines were kept; the execution is ${status}.`)
      return (lines / tookMs) * 1_000
    }
    const copy = async () => {
      const bytes = copyText(rows)
      const startedAt = performance.now()
      await copyInto(client, 'bare_logs', bytes)
      return (lines / (performance.now() - startedAt)) * 1_000
    }
    const rates = await alternate(bench.turns + 2, ours, copy)

    const followed = bench.isQuick ? 100 : 400
    const { execution_id: executionId } = await writeLines(platform, id, { lines: followed, pause_ms: 10 }, 0)
    const latencies = await follow(platform, executionId)
    if (latencies.length !== followed) throw new Error(`The follower saw ${latencies.length} of ${followed} lines.`)
    await client.end()
    return [
      rateLine(
        `${lines.toLocaleString('en')} log lines of one execution kept and readable / COPY of the same rows`,
        median(rates.ours),
        median(rates.yardstick),
        0.3,
      ),
      limitLine(
        `a log line until a follower sees it, p99 (p50 ${median(latencies).toFixed(0)} ms)`,
        percentile(latencies, 0.99),
        200,
        'ms',
      ),
    ]
  },
}
