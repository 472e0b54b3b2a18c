import type { QueryValue, QueryValues } from './options.ts'
import { VendorError } from './vendor-error.ts'

/**
 * The base URL of a client. Ends without a slash.
 *
 * @throws VendorError invalid_request
 */
export function baseUrlOf(text: string): string {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '')
    throw new VendorError(
      'invalid_request',
      `The baseUrl '${shownAddress(text)}' is no address of an API. Write one such as https://api.example.com, without a name and password.`,
      { reason: 'base_url' },
    )
  // It would be in no call: paths are put behind it.
  if (url.search !== '' || url.hash !== '')
    throw new VendorError(
      'invalid_request',
      `The baseUrl '${shownAddress(text)}' has a '?' or '#' behind it. Leave that out, and give a query with each call.`,
      { reason: 'base_url' },
    )
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** A path joined to a base: `/users` and `users` are the same. What is a whole URL is that. */
export function joinedUrl(baseUrl: string, path: string): string {
  return /^https?:\/\//i.test(path) ? path : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\//, '')}`
}

/**
 * The URL of one call: within the origin of the base, with no step upwards out of what the code wrote.
 *
 * @throws VendorError egress_refused for another origin, invalid_request for a path that would mean something else than it says
 */
export function requestUrl(baseUrl: string, path: string, query: QueryValues | undefined, method: string): URL {
  const url = URL.parse(joinedUrl(baseUrl, path))
  if (!url) throw new VendorError('invalid_request', `${method} '${shownAddress(path)}' is no address.`, { method })
  // Nothing is parsed twice here: small calls come by the thousand.
  const shownUrl = () => withoutQueryOf(url)
  if (!isAtBase(url, baseUrl))
    throw new VendorError(
      'egress_refused',
      `${method} ${shownUrl()} is not at ${new URL(baseUrl).origin}, where the credentials of this client belong. Make a client for that host, or use fetch.`,
      { method, url: shownUrl(), host: url.host, reason: 'other_origin' },
    )
  if (url.username !== '' || url.password !== '')
    throw new VendorError(
      'invalid_request',
      `${method} ${shownUrl()} has a name or password in its address. Name the credentials in auth.`,
      {
        method,
        url: shownUrl(),
      },
    )
  const beforeQuery = path.split(/[?#]/, 1)[0] ?? ''
  // An id of a vendor's that is `..` would lead to something else.
  if (beforeQuery.split(/[/\\]/).some((segment) => /^(\.|%2e){1,2}$/i.test(segment)))
    throw new VendorError(
      'invalid_request',
      `${method} '${shownAddress(path)}' has a step '..' or '.' in its path. Name the path itself.`,
      { method, url: shownUrl() },
    )
  if (url.hash !== '' || path.includes('#'))
    throw new VendorError('invalid_request', `${method} '${shownAddress(path)}' has a '#'. Write ids in it with encodeURIComponent.`, {
      method,
      url: shownUrl(),
    })
  for (const [name, value] of queryPairs(query)) url.searchParams.append(name, value)
  return url
}

/** Each name with each of its values as text. */
export function queryPairs(query: QueryValues | undefined): [string, string][] {
  return Object.entries(query ?? {}).flatMap(([name, value]) => listOf(value).map((one): [string, string] => [name, String(one)]))
}

function listOf(value: QueryValue): readonly (string | number | bigint | boolean)[] {
  if (value === null || value === undefined) return []
  return typeof value === 'object' ? value : [value]
}

/** As `withoutQueryOf`; empty for what is no URL. */
export function withoutQuery(address: string): string {
  const url = URL.parse(address)
  return url ? withoutQueryOf(url) : ''
}

/** For people and logs: query, fragment and credentials may carry secrets. */
export function withoutQueryOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`
}

/** @param baseUrl as `baseUrlOf` writes it: its origin is its beginning */
function isAtBase({ origin }: URL, baseUrl: string): boolean {
  return baseUrl.startsWith(origin) && (baseUrl.length === origin.length || baseUrl[origin.length] === '/')
}

const maxShown = 200

function shownAddress(text: unknown): string {
  const address = String(text)
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z+]*:?\/\/)[^/]*@/i, '$1')
    .replace(/\p{Cc}/gu, '\ufffd')
  return address.length > maxShown ? `${address.slice(0, maxShown)}…` : address
}
