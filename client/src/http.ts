import { ApiError, errorOfAnswer, errorOfNoAnswer } from './errors.ts'

/** Where the API is, and who asks. Without a key the browser's session counts. */
export type Connection = {
  /** As `http://127.0.0.1:7071`, without `/api`; the empty string is the page's own server. */
  baseUrl: string
  apiKey?: string | undefined
}

/** What every call takes beside its own parameters: whatever `fetch` does, `signal` first of all. */
export type CallOptions = RequestInit & {
  connection?: Connection
  /** The `etag` of what is changed, as it was read: where it has another one by now, nothing is changed, and the error is `changed_meanwhile`. */
  ifMatch?: string | undefined
}

const ownServer: Connection = { baseUrl: '' }

function headersOf(connection: Connection, given: HeadersInit | undefined, ifMatch: string | undefined): Headers {
  const headers = new Headers(given)
  if (ifMatch !== undefined) headers.set('if-match', ifMatch)
  if (!headers.has('accept')) headers.set('accept', 'application/json')
  if (connection.apiKey !== undefined) headers.set('authorization', `Bearer ${connection.apiKey}`)
  return headers
}

/** A cancelled call ends with the signal's own reason, as with `fetch`. */
function rethrowUnlessFailed(error: unknown, signal: AbortSignal | null | undefined): void {
  if (signal?.aborted) throw signal.reason
  if (error instanceof ApiError) throw error
}

/**
 * Calls the API and returns its answer as it comes, for streams. Tries once.
 *
 * @throws ApiError for an answer other than 2xx, and `server_unreachable` for none
 */
export async function openAnswer(path: string, { connection = ownServer, ifMatch, ...init }: CallOptions = {}): Promise<Response> {
  const where = connection.baseUrl || 'this server'
  let answer: Response
  try {
    answer = await fetch(`${connection.baseUrl.replace(/\/+$/, '')}${path}`, {
      ...init,
      headers: headersOf(connection, init.headers, ifMatch),
    })
  } catch (error) {
    rethrowUnlessFailed(error, init.signal)
    throw errorOfNoAnswer(error, where)
  }
  if (answer.ok) return answer
  const text = await answer.text().catch(() => '')
  rethrowUnlessFailed(undefined, init.signal)
  throw errorOfAnswer(answer.status, parsed(text), where)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Calls the API once and returns the body of its answer. The generated functions go through here.
 *
 * @throws ApiError as `openAnswer`; also `server_unreachable` where the answer breaks off, and `unexpected_answer` where it is not JSON
 */
export async function callApi<Body>(path: string, options: CallOptions = {}): Promise<Body> {
  const answer = await openAnswer(path, options)
  const where = options.connection?.baseUrl || 'this server'
  let text: string
  try {
    text = await answer.text()
  } catch (error) {
    rethrowUnlessFailed(error, options.signal)
    throw errorOfNoAnswer(error, where)
  }
  if (text === '') return undefined as Body // an answer without a body, which the description declares as such
  if (answer.headers.get('content-type')?.startsWith('text/csv')) return text as Body // a file, which the description declares as text
  const body = parsed(text)
  if (body === undefined) throw errorOfAnswer(answer.status, undefined, where)
  return body as Body // the server answers as its own description says
}
