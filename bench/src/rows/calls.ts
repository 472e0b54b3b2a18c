import { type Row, rateLine, timesLine } from '../line.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

type Called = { latencies: number[]; perSecond: number }

/** `context.http` of author code, with credentials and a limit, beside `fetch` of author code. */
export const callsRow: Row = {
  name: 'calls',
  async measure(bench) {
    const platform = await bench.installation()
    const outside = await startYardstick<{ url: string }>('small-and-large', [])
    bench.defer(() => outside.stop())
    const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Calls' })
    const called = async (parameters: object): Promise<Called> => {
      const { status, result, error } = await platform.call<{ status: string; result: Called; error: unknown }>(
        'POST',
        '/api/workflows/execute?wait=60',
        { workflow_name: 'calling', parameters },
        { 'x-organization-id': id },
      )
      if (status !== 'success') throw new Error(`The workflow of the bench did not run: ${JSON.stringify(error)}`)
      return result
    }
    const times = bench.isQuick ? 300 : 1_000
    const compare = async (what: 'one by one' | 'at once') => {
      const parameters = { what, url: outside.ready.url, times }
      // Not counted: on both sides a process that is new makes its first calls while its code is compiled.
      for (const isPlain of [false, true]) await called({ ...parameters, isPlain })
      return alternate(
        bench.turns,
        () => called({ ...parameters, isPlain: false }),
        () => called({ ...parameters, isPlain: true }),
      )
    }
    const single = await compare('one by one')
    const atOnce = await compare('at once')
    const tookMs = (turns: Called[]) => median(turns.map(({ perSecond }) => (times / perSecond) * 1_000))
    const perSecond = (turns: Called[]) => median(turns.map((turn) => turn.perSecond))
    const small = times.toLocaleString('en')
    return [
      timesLine(
        `${small} small calls of context.http, one by one / of fetch in author code`,
        tookMs(single.ours),
        tookMs(single.yardstick),
        1.3,
      ),
      rateLine(
        'small calls of context.http, 16 at once / of fetch in author code',
        perSecond(atOnce.ours),
        perSecond(atOnce.yardstick),
        0.77,
      ),
    ]
  },
}
