import type { Exchange } from '@crosswalk/client'

/** In single quotes nothing means anything but itself. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A command that makes a request again, without credentials and query: neither is kept. */
export function curlText({ method, url, request_body }: Pick<Exchange, 'method' | 'url' | 'request_body'>): string {
  const parts = ['curl']
  if (method !== 'GET') parts.push(`--request ${method}`)
  parts.push(quoted(url))
  if (request_body) parts.push(`--data-raw ${quoted(request_body)}`)
  return parts.join(' ')
}
