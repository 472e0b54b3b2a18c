import autocannon, { type Request } from 'autocannon'

export type Load = {
  url: string
  connections: number
  durationMs: number
  /** Ends after so many answers, where that is sooner. */
  amount?: number
  headers?: Record<string, string>
  /** The next requests of one connection; asked once for each. They are sent over and over. */
  requests: () => Request[]
}

/** What came back: how many a second, and each answer's milliseconds. */
export type Answers = { perSecond: number; latencies: number[] }

/** Sends requests as fast as they are answered. @throws Error when one is refused or lost: a rate of failures says nothing. */
export async function load({ url, connections, durationMs, amount = Number.POSITIVE_INFINITY, headers, requests }: Load): Promise<Answers> {
  const latencies: number[] = []
  let begunAt = 0
  let endedAt = 0
  const run = autocannon({
    url,
    connections,
    duration: durationMs / 1_000 + 30,
    timeout: 60,
    // How soon it notices that it was stopped.
    sampleInt: 100,
    ...(headers === undefined ? {} : { headers }),
    setupClient: (client) => client.setRequests(requests()),
  })
  run.on('start', () => {
    begunAt = performance.now()
  })
  run.on('response', (_client: unknown, status: number, _bytes: number, latencyMs: number) => {
    if (status !== 200) throw new Error(`${url} answered ${status}.`)
    endedAt = performance.now()
    latencies.push(latencyMs)
    if (endedAt - begunAt >= durationMs || latencies.length >= amount) run.stop()
  })
  const { errors, timeouts, non2xx } = await run
  if (errors + timeouts + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${timeouts} lost, ${non2xx} refused.`)
  return { perSecond: (latencies.length / (endedAt - begunAt)) * 1_000, latencies }
}
