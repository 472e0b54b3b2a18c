import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { JsonValue } from '../json.ts'
import { createFaults, type FaultControl, type VendorFault } from './vendor-faults.ts'
import { answer, compileRoutes, hasPath, replyTo, type VendorAnswer, type VendorRequest, type VendorRoutes } from './vendor-routes.ts'

/** How a simulated vendor runs. */
export type SimulateVendorOptions = {
  /** Loopback port. Default 0: any free one. */
  port?: number
  /** Asked before the routes; what it returns is the answer. For authentication. */
  guard?: (request: VendorRequest) => VendorAnswer | undefined
  /**
   * Stands around the guard and the routes: may do something before it asks for their answer, or give another one. What it returns is
   * what the client gets, faults aside.
   */
  around?: (request: VendorRequest, answered: () => Promise<VendorAnswer>) => VendorAnswer | Promise<VendorAnswer>
  /** Routes that steer the simulator: not recorded, not guarded, never faulty. */
  control?: VendorRoutes
}

/** A vendor's API that runs in this process. */
export type SimulatedVendor = AsyncDisposable & {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string
  /** What arrived, in order; faulty ones too. */
  readonly requests: VendorRequest[]
  readonly faults: FaultControl
  /** Closes all connections and the port. Safe to repeat. */
  stop(): Promise<void>
}

/** Larger request bodies are refused with 413. */
const maxBodyBytes = 10 * 1024 * 1024

/**
 * Starts a real HTTP server on loopback that stands in for a vendor's API.
 *
 * @example
 * ```ts
 * await using vendor = await simulateVendor({
 *   'GET /organizations': { organizations: [{ id: 1, name: 'Acme' }] },
 *   'GET /organizations/:id': ({ params }) => params.id === '1' ? { id: 1, name: 'Acme' } : answer(404, { error: 'not found' }),
 * })
 * vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 2 })
 * ```
 */
export async function simulateVendor(routes: VendorRoutes, options: SimulateVendorOptions = {}): Promise<SimulatedVendor> {
  const compiled = compileRoutes(routes)
  const control = compileRoutes(options.control ?? {})
  const requests: VendorRequest[] = []
  const faults = createFaults()
  const stopping = new AbortController()

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    if (!request) return send(response, answer(413, { error: 'The body is too large.' }))
    if (hasPath(control, request.path)) return send(response, await replyTo(control, request))
    requests.push(request)
    const fault = faults.take(request)
    if (fault?.kind === 'delay') {
      const signal = AbortSignal.any([stopping.signal, faults.cleared()])
      await delay(fault.ms, undefined, { signal }).catch(() => stopping.signal.throwIfAborted())
    }
    if (fault?.kind === 'cut' && fault.when === 'before') return void response.destroy()
    const answered = async () => options.guard?.(request) ?? (await replyTo(compiled, request))
    const reply = fault?.kind === 'status' ? faultyAnswer(fault) : await (options.around?.(request, answered) ?? answered())
    const cut = fault?.kind === 'cut' ? fault.when : reply.cut
    if (cut === 'before') return void response.destroy()
    if (cut === 'midway') return sendHalf(response, reply)
    send(response, reply)
  }

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      // A handler that throws is a mistake in the test; the client must not hang on it.
      if (stopping.signal.aborted || response.headersSent) response.destroy()
      else send(response, answer(500, { error: error instanceof Error ? error.message : String(error) }))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= new Promise<void>((resolve) => {
      stopping.abort()
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return stopped
  }
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, requests, faults: faults.control, stop, [Symbol.asyncDispose]: stop }
}

async function readRequest(message: IncomingMessage): Promise<VendorRequest | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    // no encoding is set, so chunks are buffers
    bytes += chunk.length
    if (bytes > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://vendor.invalid')
  const method = message.method ?? 'GET'
  return {
    method,
    path: pathname,
    query: searchParams,
    headers: message.headers,
    params: {},
    body: parseBody(Buffer.concat(chunks).toString()),
  }
}

function parseBody(text: string): JsonValue | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function faultyAnswer(fault: VendorFault & { kind: 'status' }): VendorAnswer {
  const headers: Record<string, string> = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
  return answer(fault.status, fault.body ?? { error: 'The simulator was told to fail.' }, headers)
}

function send(response: ServerResponse, { status, body, headers, text: given }: VendorAnswer): void {
  if (body === undefined && given === undefined) return void response.writeHead(status, headers).end()
  const text = given ?? JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}

/** Announces the whole body and sends half of it. */
function sendHalf(response: ServerResponse, { status, body, headers, text }: VendorAnswer): void {
  const bytes = Buffer.from(text ?? JSON.stringify(body ?? {}))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
}
