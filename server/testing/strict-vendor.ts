import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A vendor that counts requests as they arrive, and refuses each one that is too many in any window. */
export type StrictVendor = {
  host: string
  /** Makes a request, and returns the status. */
  call(): Promise<number>
  /** When each request arrived, and what it was answered. */
  arrivals: { at: number; status: number }[]
} & AsyncDisposable

export async function startStrictVendor(given: {
  requests: number
  perMs: number
  window?: 'sliding' | 'fixed'
  /** The request arrives so much later than it was made. */
  delayMs?: () => number
}): Promise<StrictVendor> {
  const arrivals: StrictVendor['arrivals'] = []
  const countsNow = (at: number, now: number) =>
    given.window === 'fixed' ? Math.floor(at / given.perMs) === Math.floor(now / given.perMs) : at > now - given.perMs
  const server = createServer((_request, response) => {
    const now = Date.now()
    let counted = 0
    for (let index = arrivals.length - 1; index >= 0 && countsNow(arrivals[index]?.at ?? 0, now); index--) counted++
    const status = counted >= given.requests ? 429 : 200
    arrivals.push({ at: now, status })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  // As the gateway keeps its connections.
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const send = () =>
    new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })
  return {
    host: `127.0.0.1:${port}`,
    arrivals,
    call: () => {
      const delay = given.delayMs?.() ?? 0
      return delay === 0 ? send() : new Promise((resolve, reject) => setTimeout(() => send().then(resolve, reject), delay))
    },
    [Symbol.asyncDispose]() {
      agent.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
