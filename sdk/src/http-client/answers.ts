import { z } from 'zod'
import { isCrosswalkError } from '../errors.ts'
import { exactJsonOf } from '../json-answer.ts'
import { type Call, factsOf } from './call.ts'
import { VendorError } from './vendor-error.ts'

/**
 * The text of an answer, of so many bytes at most.
 *
 * @throws VendorError invalid_response where it is longer; what `fetch` throws where it breaks off
 */
export async function textOf(response: Response, maxBytes: number, call: Call): Promise<string> {
  const { body } = response
  if (body === null) return ''
  if (isSmall(response, maxBytes)) {
    const bytes = new Uint8Array(await response.arrayBuffer())
    return decoderOf(response, bytes).decode(bytes)
  }
  let decoder: TextDecoder | undefined
  const reader = body.getReader()
  const parts: string[] = []
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.byteLength
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {})
      const size = maxBytes >= 1024 * 1024 ? `${Math.round(maxBytes / 1024 / 1024)} MiB` : `${maxBytes} bytes`
      throw new VendorError(
        'invalid_response',
        `${call.method} ${call.url} answered with more than ${size}. Ask for less at once, read it with http.fetch, or set maxBytes.`,
        { ...factsOf(call, response), reason: 'too_large', max_bytes: maxBytes },
      )
    }
    decoder ??= decoderOf(response, value)
    parts.push(decoder.decode(value, { stream: true }))
  }
  if (decoder) parts.push(decoder.decode())
  return parts.join('')
}

/** Read in one go, such a body takes a fraction of the time. How long it says to be it is: no HTTP client takes more or less of it. */
const maxAtOnce = 65_536

function isSmall({ headers }: Response, maxBytes: number): boolean {
  const length = headers.get('content-length')
  // What is packed is longer than it says.
  return length !== null && /^\d{1,5}$/.test(length) && Number(length) <= Math.min(maxAtOnce, maxBytes) && !headers.has('content-encoding')
}

/**
 * The JSON of a 2xx answer; undefined where it has no body. Whole numbers beyond 2^53 − 1 come as text, digit for digit.
 *
 * @throws VendorError invalid_response
 */
export function jsonOf(text: string, response: Response, call: Call): unknown {
  // To a GET, nothing is no answer: it was broken off, or something else answers in the vendor's place.
  if (text === '' && (response.status === 204 || response.status === 205 || call.method !== 'GET')) return undefined
  try {
    return exactJsonOf(text, () => ({
      method: call.method,
      url: call.url,
      status: response.status,
      statusText: response.statusText,
      contentType: response.headers.get('content-type') ?? '',
    }))
  } catch (cause) {
    throw new VendorError('invalid_response', (cause as Error).message, { ...factsOf(call, response), reason: 'not_json' }, { cause })
  }
}

const maxToldProblems = 3

/** What a schema makes of it. @throws VendorError invalid_response, saying where it does not fit, and no value but that of an id */
export async function parsedBy<Schema extends z.ZodType>(schema: Schema, value: unknown, call: Call): Promise<z.output<Schema>> {
  const parsed = await safelyParsed(schema, value).catch(refusedValue)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'the answer'}: ${message}`)
  const more = problems.length > maxToldProblems ? `; and ${problems.length - maxToldProblems} more` : ''
  throw new VendorError(
    'invalid_response',
    `${call.method} ${call.url} answered with JSON of another form than expected: ${problems.slice(0, maxToldProblems).join('; ')}${more}`,
    { method: call.method, url: call.url, reason: 'other_form', problems: problems.slice(0, 20) },
  )
}

/** What a transformation such as `externalIdOf` refuses is the vendor's answer, as what the schema itself refuses. */
function refusedValue(error: unknown): { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } } {
  if (!isCrosswalkError(error, 'validation_failed')) throw error
  return { success: false, error: { issues: [{ path: [], message: error.message }] } }
}

/** What a schema makes of each item of a page. All at once is several times as fast as one by one. @throws VendorError invalid_response */
export async function parsedEach<Schema extends z.ZodType>(schema: Schema, items: unknown[], call: Call): Promise<z.output<Schema>[]> {
  return await parsedBy(z.array(schema), items, call)
}

/** A schema that waits for nothing is parsed without promises, which take longer than the parsing. */
async function safelyParsed<Schema extends z.ZodType>(schema: Schema, value: unknown): Promise<z.ZodSafeParseResult<z.output<Schema>>> {
  try {
    return schema.safeParse(value)
  } catch {
    // One that waits throws something else in each place. What a transform throws, it throws again.
    return await schema.safeParseAsync(value)
  }
}

/** What is not UTF-8 says so: by a byte order mark, or in its content type. */
function decoderOf(response: Response, beginning: Uint8Array): TextDecoder {
  const [first, second] = beginning
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le')
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be')
  const charset = /charset="?([^\s;"]+)/i.exec(response.headers.get('content-type') ?? '')?.[1]
  try {
    return new TextDecoder(charset ?? 'utf-8')
  } catch {
    return new TextDecoder()
  }
}
