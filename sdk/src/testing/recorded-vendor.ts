import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Mask } from '../masking/masking.ts'
import { secretsInAnswer } from './secrets-in-answers.ts'

/** A request as a recording keeps it: before credentials are put in. A body that is no text is not told apart from another. */
export type RecordedRequest = { method: string; url: string; sent: string | undefined; isForToken: boolean }

type RecordedExchange = {
  method: string
  url: string
  sent?: string
  /** Of a token: known by its address alone, since all that is sent with it is secret. */
  token?: true
  status: number
  headers: Record<string, string>
  /** The body, in the first of these forms that gives it again exactly. */
  json?: unknown
  text?: string
  base64?: string
}

/** Of the connection and of the moment. */
const untoldHeaders =
  /^(date|age|connection|keep-alive|transfer-encoding|content-encoding|content-length|set-cookie|alt-svc|server|via|authorization|x-request-id|nel|report-to)$/i

/**
 * A vendor's answers out of a file. With `CROSSWALK_RECORD=1` in the environment the requests are made and the file is written; without,
 * nothing is sent and the answers come from the file, each once, to the request that it was given to.
 *
 * Credentials are not in the file: they are put in behind what is recorded, and what an answer has of a secret or a token of the context is
 * replaced. So is what the vendor gives under a name such as `session_token` or `apiKey`, or in a signed address. What else it answers is
 * there as it came: record with a customer that is nobody's.
 *
 * @example
 * ```ts
 * await using vendor = await recordedVendor(new URL('./halopsa.json', import.meta.url))
 * const context = mockContext({ secrets: { halopsa_client_secret: process.env.HALO_SECRET ?? 'any' }, vendor })
 * ```
 * @throws Error where there is nothing to replay
 */
export async function recordedVendor(file: string | URL): Promise<RecordedVendor> {
  const path = typeof file === 'string' ? file : fileURLToPath(file)
  if (process.env.CROSSWALK_RECORD === '1') return new RecordedVendor(path, undefined)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`There is no recording ${path}. Run the test once with CROSSWALK_RECORD=1 and the real credentials.`, { cause })
  })
  const { exchanges } = JSON.parse(text) as { exchanges: RecordedExchange[] } // as it was written here
  return new RecordedVendor(path, exchanges)
}

/** What {@link recordedVendor} gives. */
export class RecordedVendor implements AsyncDisposable {
  readonly #path: string
  readonly #mask = new Mask()
  /** Undefined while recording. */
  readonly #replayed: readonly RecordedExchange[] | undefined
  readonly #used = new Set<RecordedExchange>()
  readonly #recorded: RecordedExchange[] = []

  constructor(path: string, exchanges: RecordedExchange[] | undefined) {
    this.#path = path
    this.#replayed = exchanges
  }

  get isRecording(): boolean {
    return this.#replayed === undefined
  }

  /** Requests of the file that the code did not make this time: `GET https://…`. */
  get unused(): string[] {
    return (this.#replayed ?? []).filter((exchange) => !this.#used.has(exchange)).map(({ method, url }) => `${method} ${url}`)
  }

  /** Remembers a secret or a token, so that the file does not have it. */
  keepOut(secret: string): void {
    this.#mask.add(secret)
  }

  /** Waits for a real vendor; one that is replayed has answered already. */
  async wait(ms: number): Promise<void> {
    if (this.isRecording) await delay(ms)
  }

  /** The answer to a request: from the file, or from the vendor. */
  async answer(request: RecordedRequest, send: () => Promise<Response>): Promise<Response> {
    if (this.#replayed) return this.#replay(this.#replayed, request)
    const response = await send()
    const { bytes, type } = asUtf8(Buffer.from(await response.arrayBuffer()), response.headers.get('content-type'))
    const headers = [...response.headers]
      .filter(([name]) => !untoldHeaders.test(name))
      .map(([name, value]): [string, string] => [name, name === 'content-type' ? (type ?? value) : value])
    for (const secret of secretsInAnswer(headers, bytes.toString('utf8'))) this.#mask.add(secret)
    const { method, url, sent, isForToken } = request
    this.#recorded.push({
      ...{ method, url },
      ...(isForToken ? { token: true as const } : sent === undefined ? {} : { sent }),
      status: response.status,
      headers: Object.fromEntries(headers),
      ...bodyForms(bytes),
    })
    return responseOf(response.status, headers, bytes)
  }

  /** Writes the file, where it is recorded. */
  async finish(): Promise<void> {
    if (!this.isRecording) return
    const note = 'Recorded with CROSSWALK_RECORD=1. Secrets and tokens are replaced.'
    const kept = this.#mask.data({ note, exchanges: this.#recorded })
    await mkdir(dirname(this.#path), { recursive: true })
    await writeFile(this.#path, `${JSON.stringify(kept, null, 2)}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish()
  }

  #replay(exchanges: readonly RecordedExchange[], request: RecordedRequest): Response {
    const { method, isForToken } = request
    const [url, sent] = [this.#mask.text(request.url), request.sent === undefined ? undefined : this.#mask.text(request.sent)]
    const alike = exchanges.filter(
      (exchange) => exchange.method === method && exchange.url === url && (isForToken || exchange.sent === sent),
    )
    const exchange = alike.find((each) => !this.#used.has(each))
    if (!exchange) {
      const problem = alike.length === 0 ? 'no answer' : `no ${alike.length === 1 ? 'second' : 'further'} answer`
      throw new Error(`The recording ${this.#path} has ${problem} to ${method} ${url}. Record it again with CROSSWALK_RECORD=1.`)
    }
    this.#used.add(exchange)
    return responseOf(exchange.status, Object.entries(exchange.headers), bytesOf(exchange))
  }
}

function responseOf(status: number, headers: [string, string][], bytes: Buffer): Response {
  const isEmpty = status === 204 || status === 205 || status === 304
  return new Response(isEmpty ? null : new Uint8Array(bytes), { status, headers })
}

/** Text in UTF-16 would hide what is looked for in it. */
function asUtf8(bytes: Buffer, type: string | null): { bytes: Buffer; type: string | null } {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : /charset="?(utf-16(?:le|be)?)\b/i.exec(type ?? '')?.[1]
  if (encoding === undefined) return { bytes, type }
  const text = new TextDecoder(encoding).decode(bytes)
  return { bytes: Buffer.from(text), type: type?.replace(/;\s*charset=[^;]*/i, '') ?? null }
}

function bodyForms(bytes: Buffer): Pick<RecordedExchange, 'json' | 'text' | 'base64'> {
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) return { base64: bytes.toString('base64') }
  try {
    const json: unknown = JSON.parse(text)
    if (JSON.stringify(json) === text) return { json }
  } catch {
    // No JSON.
  }
  return { text }
}

function bytesOf({ json, text, base64 }: RecordedExchange): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(text ?? JSON.stringify(json))
}
