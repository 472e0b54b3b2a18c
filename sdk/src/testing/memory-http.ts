import { ValidationError } from '../errors.ts'
import { type AuthReads, textOf } from '../http-client/auth/auth-values.ts'
import { putInOf } from '../http-client/auth/put-in.ts'
import { createHttpClient } from '../http-client/http-client.ts'
import type { HttpClient, HttpOptions } from '../http-client/options.ts'
import type { Admission, AdmitRequest, HttpPort, HttpSpec, OpenedHttp, RequestBody, SentRequest } from '../http-client/port.ts'
import { VendorError } from '../http-client/vendor-error.ts'
import type { JsonValue } from '../json.ts'
import { MemoryLimits } from './memory-limits.ts'
import { MemoryTokens } from './memory-tokens.ts'
import { orAborted } from './or-aborted.ts'
import type { RecordedVendor } from './recorded-vendor.ts'

/** What a test gives to the clients of its context. */
export type MemoryHttpGiven = {
  signal: AbortSignal
  idempotencyKey(): string
  /** As an integration's code would read it, with the same refusals. */
  secret(key: string): Promise<string>
  config(key: string, fallback: string | undefined): Promise<JsonValue | undefined>
  /** The tokens of connections, by their names. */
  connections: Readonly<Record<string, string>>
  /** Where answers come from a file. */
  vendor: RecordedVendor | undefined
  /** Before another attempt. */
  wait(ms: number): Promise<void>
  /** For the limits that the client declares. */
  waitForBudget(ms: number): Promise<void>
  warn(line: string): void
  random(): number
}

/** Longest that is waited for a vendor in all, as a discovery does. */
const maxWaitMs = 15 * 60_000

type Client = Pick<HttpSpec, 'auth'> & { tokens: MemoryTokens; limits: MemoryLimits }

/** `context.http` in a test: the same client and authentication, with the secrets that the test gives and real requests. */
export function memoryHttp(given: MemoryHttpGiven): (options: HttpOptions) => HttpClient {
  const clients = new Map<string, Client>()
  /** Of the exchanges under way: what their answers say about. */
  const exchanges = new Map<string, { version: number | undefined; release(): void }>()
  let number = 0
  let waitedMs = 0
  const reads: AuthReads = {
    async secret(key) {
      const value = await given.secret(key)
      given.vendor?.keepOut(value)
      return value
    },
    async config(key, fallback) {
      const value = await given.config(key, fallback)
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      const problem = value === undefined ? 'is not set' : 'is no text'
      throw new ValidationError(`The config '${key}' ${problem}. Set it with: crosswalk config set ${key}`, { [key]: [problem] })
    },
  }
  const clientOf = (name: string): Client => {
    const client = clients.get(name)
    if (!client) throw new TypeError(`No client is called ${name}.`)
    return client
  }
  const port: HttpPort = {
    async open(spec: HttpSpec): Promise<OpenedHttp> {
      const client = `client-${clients.size + 1}`
      const baseUrl = await textOf(reads, spec.baseUrl)
      const tokens = new MemoryTokens(baseUrl, reads, given.vendor)
      clients.set(client, { auth: spec.auth, tokens, limits: new MemoryLimits(spec.limits) })
      return { client, baseUrl }
    },
    async admit({ client: name, refused }: AdmitRequest, signal): Promise<Admission> {
      const client = clientOf(name)
      const { waitedMs: budgetMs, release } = await client.limits.take(given.waitForBudget, signal)
      const exchange = `${name}/${++number}`
      let version: number | undefined
      if (client.auth !== null && hasToken(client)) {
        const refusedVersion = refused === undefined ? undefined : exchanges.get(refused)?.version
        try {
          version = (await client.tokens.get(client.auth, refusedVersion)).version
        } catch (error) {
          release()
          throw error
        }
      }
      exchanges.set(exchange, { version, release })
      return { ticket: null, exchange, waitedMs: budgetMs }
    },
    giveUp({ exchange }) {
      exchanges.get(exchange)?.release()
    },
    async send({ exchange }: Admission, { url, headers, ends, signal: own, ...rest }: SentRequest): Promise<Response> {
      const init = { ...rest, signal: AbortSignal.any(own ? [...ends, own] : [...ends]) }
      const client = clientOf(exchange.split('/')[0] ?? '')
      const { auth } = client
      const putIn = await putInOf(auth, reads, async () => {
        if (auth !== null && 'connection' in auth) return connectionToken(given.connections, auth.connection)
        return (await client.tokens.get(auth as NonNullable<typeof auth>, undefined)).token // only an authentication asks for one
      })
      const sent = new Headers(headers)
      for (const [name, value] of Object.entries(putIn.headers)) sent.set(name, value)
      const to = new URL(url)
      for (const [name, value] of Object.entries(putIn.query)) to.searchParams.set(name, value)
      const send = () => globalThis.fetch(to, { ...init, headers: sent, redirect: 'manual', duplex: 'half' } as RequestInit) // a stream needs it
      try {
        if (!given.vendor) return await send()
        const { method, body } = init
        return await given.vendor.answer({ method, url, sent: body === undefined ? undefined : textSent(body), isForToken: false }, send)
      } finally {
        exchanges.get(exchange)?.release()
      }
    },
    async wait(ms, { line, signal }) {
      if (waitedMs + ms > maxWaitMs) return false
      waitedMs += ms
      given.warn(line)
      await orAborted(given.wait(ms), signal)
      return true
    },
  }
  const { signal, idempotencyKey, random } = given
  return (options) => createHttpClient({ port, signal, idempotencyKey, random }, options)
}

/** What tells a request from another; of bytes and streams that they are some. */
function textSent(body: RequestBody): string {
  return typeof body === 'string' || body instanceof URLSearchParams ? String(body) : '(bytes)'
}

function hasToken({ auth }: Client): boolean {
  return auth !== null && ('oauth2' in auth || 'token' in auth)
}

function connectionToken(connections: Readonly<Record<string, string>>, name: string): string {
  const token = Object.hasOwn(connections, name) ? connections[name] : undefined
  if (token !== undefined) return token
  throw new VendorError('credentials', `Nobody has connected '${name}'. Give mockContext connections: { ${name}: 'a token' }.`, {
    reason: 'not_connected',
    connection: name,
  })
}
