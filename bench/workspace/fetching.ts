/** What the network row does on both sides: in author code, and in plain Node. */
export type Fetching = { what: 'one by one' | 'at once'; url: string; times: number } | { what: 'large'; url: string }

const atOnce = 16

/** `latencies` of each request in milliseconds, `perSecond` requests or bytes. */
export async function fetchFor(fetching: Fetching): Promise<{ latencies: number[]; perSecond: number }> {
  if (fetching.what !== 'large') return timesOf(fetching.what, fetching.times, () => fetch(fetching.url))
  const startedAt = performance.now()
  let bytes = 0
  const response = await fetch(fetching.url)
  for await (const chunk of response.body ?? []) bytes += chunk.length
  return { latencies: [], perSecond: bytes / ((performance.now() - startedAt) / 1_000) }
}

/** Makes a small request so many times. */
export async function timesOf(what: 'one by one' | 'at once', times: number, request: () => Promise<Response>) {
  const startedAt = performance.now()
  const latencies: number[] = []
  const ask = async () => {
    const askedAt = performance.now()
    await (await request()).text()
    latencies.push(performance.now() - askedAt)
  }
  const lane = async () => {
    while (latencies.length < times) await ask()
  }
  await Promise.all(Array.from({ length: what === 'at once' ? atOnce : 1 }, lane))
  return { latencies, perSecond: latencies.length / ((performance.now() - startedAt) / 1_000) }
}
