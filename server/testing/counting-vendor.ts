import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The outside world: counts each effect by the keys it came under, and is slow when told to be. */
export type CountingVendor = {
  url: string
  delayMs: number
  /** Of one execution: each effect's idempotency keys. */
  effectsOf(executionId: string): ReadonlyMap<string, ReadonlySet<string>>
  close(): void
}

export async function startCountingVendor(delayMs: number): Promise<CountingVendor> {
  const effects = new Map<string, Map<string, Set<string>>>()
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://vendor')
    const ofExecution = effects.get(searchParams.get('execution') ?? '') ?? new Map<string, Set<string>>()
    effects.set(searchParams.get('execution') ?? '', ofExecution)
    const name = `${searchParams.get('chain')}.${searchParams.get('index')}`
    ofExecution.set(name, (ofExecution.get(name) ?? new Set()).add(searchParams.get('key') ?? ''))
    setTimeout(() => response.end('ok'), vendor.delayMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const vendor: CountingVendor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    delayMs,
    effectsOf: (executionId) => effects.get(executionId) ?? new Map(),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return vendor
}
