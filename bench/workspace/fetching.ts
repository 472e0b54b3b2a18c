/** What the network row does on both sides: in author code, and in plain Node. */
export type Fetching = { what: 'one by one' | 'at once'; url: string; times: number } | { what: 'large'; url: string }

const atOnce = 16

/** `latencies` of each request in milliseconds, `perSecond` requests or bytes. */
export async function fetchFor(fetching: Fetching): Promise<{ latencies: number[]; perSecond: number }> {
  const startedAt = performance.now()
  const perSecond = (amount: number) => amount / ((performance.now() - startedAt) / 1_000)
  if (fetching.what === 'large') {
    let bytes = 0
    const response = await fetch(fetching.url)
    for await (const chunk of response.body ?? []) bytes += chunk.length
    return { latencies: [], perSecond: perSecond(bytes) }
  }
  const { url, times } = fetching
  const latencies: number[] = []
  const ask = async () => {
    const askedAt = performance.now()
    await (await fetch(url)).text()
    latencies.push(performance.now() - askedAt)
  }
  const lane = async () => {
    while (latencies.length < times) await ask()
  }
  await Promise.all(Array.from({ length: fetching.what === 'at once' ? atOnce : 1 }, lane))
  return { latencies, perSecond: perSecond(latencies.length) }
}
