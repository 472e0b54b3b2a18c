import type { Exchange } from '@crosswalk/client'

/** In single quotes nothing means anything but itself. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A command that makes a request again, without credentials and query: neither is kept. */
export function curlText({ method, url, request_body }: Pick<Exchange, 'method' | 'url' | 'request_body'>): string {
  const parts = ['curl']
  // With `--request HEAD` curl waits for a body that never comes.
  if (method === 'HEAD') parts.push('--head')
  else if (method !== 'GET') parts.push(`--request ${method}`)
  // Brackets in an address, as those of `[secret]`, are a range to curl.
  if (/[[\]{}]/.test(url)) parts.push('--globoff')
  parts.push(quoted(url))
  // The type is not kept, and curl takes any body for a form.
  if (request_body && looksLikeJson(request_body)) parts.push(`--header 'Content-Type: application/json'`)
  if (request_body) parts.push(`--data-raw ${quoted(request_body)}`)
  return parts.join(' ')
}

/** Whole, or cut: of a long body only the beginning is kept. */
const looksLikeJson = (text: string): boolean => /^\s*[{[]/.test(text)
