import { setTimeout as delay } from 'node:timers/promises'
import type { Fetching } from '../../workspace/fetching.ts'
import { aboveLine, limitLine, type Row, rateLine } from '../line.ts'
import { memoryOf } from '../memory.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

type Fetched = { latencies: number[]; perSecond: number }
const largeBytes = 200_000_000

/** `fetch` of author code, through the gateway, beside `fetch` of plain Node. */
export const networkRow: Row = {
  name: 'network',
  async measure(bench) {
    const platform = await bench.installation()
    const plain = await startYardstick('plain-fetch', [])
    bench.defer(() => plain.stop())
    const outside = await startYardstick<{ url: string }>('small-and-large', [])
    bench.defer(() => outside.stop())
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Network' })
    const fetched = async (parameters: object): Promise<Fetched> => {
      const { status, result, error } = await platform.call<{ status: string; result: Fetched; error: unknown }>(
        'POST',
        '/api/workflows/execute?wait=60',
        { workflow_name: 'fetching', parameters },
        { 'x-organization-id': id },
      )
      if (status !== 'success') throw new Error(`The workflow of the bench did not run: ${JSON.stringify(error)}`)
      return result
    }
    const times = bench.isQuick ? 300 : 1_000
    const { url } = outside.ready
    const compare = (fetching: Fetching) => {
      const parameters = { times, ...fetching }
      return alternate(
        bench.turns,
        () => fetched(parameters),
        () => plain.ask<Fetched>(parameters),
      )
    }
    const single = await compare({ what: 'one by one', url, times })
    const atOnce = await compare({ what: 'at once', url, times: times * 2 })
    const largeUrl = `${url}/?bytes=${largeBytes}`
    const large = await compare({ what: 'large', url: largeUrl })
    // In a turn of its own: to look at the memory of so many processes takes a good part of a core.
    const before = await memoryOf(platform.pid)
    let peak = before?.rss ?? 0
    const watching = new AbortController()
    const watch = (async () => {
      while (!watching.signal.aborted) {
        peak = Math.max(peak, (await memoryOf(platform.pid))?.rss ?? 0)
        await delay(200, undefined, { signal: watching.signal }).catch(() => {})
      }
    })()
    await fetched({ what: 'large', url: largeUrl, times: 1 })
    watching.abort()
    await watch
    const p50 = (turns: Fetched[]) => median(turns.map(({ latencies }) => median(latencies)))
    const perSecond = (turns: Fetched[]) => median(turns.map((turn) => turn.perSecond))
    const [ours, plainly] = [perSecond(large.ours) / 1e6, perSecond(large.yardstick) / 1e6]
    return [
      aboveLine('a small GET of author code, p50 / of plain Node', p50(single.ours), p50(single.yardstick), 1),
      rateLine('small GETs of author code, 16 at once / of plain Node', perSecond(atOnce.ours), perSecond(atOnce.yardstick), 0.5),
      rateLine('200 MB read by author code, in MB / by plain Node', ours, plainly, 0.6),
      ...(before ? [limitLine('the same: memory that it adds to all processes (RSS)', peak - before.rss, 150, 'MB')] : []),
    ]
  },
}
