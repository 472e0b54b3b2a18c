import type { OAuth2Options, TextValue, TokenOptions } from '../auth-options.ts'
import { joinedUrl } from '../request-url.ts'
import { VendorError } from '../vendor-error.ts'
import { type AuthReads, basicValue, credentialOf, credentialsOf, textOf } from './auth-values.ts'

/** A request for a token, with its values. */
export type TokenRequest = { method: string; url: string; headers: Record<string, string>; body: string | undefined }

/**
 * The request of OAuth 2 (RFC 6749) for a token.
 *
 * @param refreshToken the one that is good now, where the vendor has put another in the place of the first
 */
export async function oauth2Request(
  options: OAuth2Options,
  baseUrl: string,
  reads: AuthReads,
  refreshToken?: string,
): Promise<TokenRequest> {
  // What a vendor has made, without the space or line break that was copied along. A password may have it.
  const id = (await credentialOf(reads, options.clientId)).trim()
  const secret = options.clientSecret === undefined ? undefined : (await credentialOf(reads, options.clientSecret)).trim()
  const fields = new URLSearchParams({ grant_type: options.grant })
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  if (options.clientIn === 'basic') headers.authorization = basicValue(encodeURIComponent(id), encodeURIComponent(secret ?? ''))
  else {
    fields.set('client_id', id)
    if (secret !== undefined) fields.set('client_secret', secret)
  }
  if (options.grant === 'password') {
    if (options.username !== undefined) fields.set('username', await credentialOf(reads, options.username))
    if (options.password !== undefined) fields.set('password', await credentialOf(reads, options.password))
  }
  if (options.grant === 'refresh_token') {
    const token = refreshToken ?? (options.refreshToken && (await credentialOf(reads, options.refreshToken)).trim())
    if (token !== undefined) fields.set('refresh_token', token)
  }
  const scope = options.scope === undefined ? '' : await textOf(reads, options.scope)
  if (scope !== '') fields.set('scope', scope)
  for (const [name, value] of await credentialsOf(reads, options.fields)) fields.set(name, value)
  return { method: 'POST', url: await tokenUrl(options.tokenUrl, options, baseUrl, reads), headers, body: fields.toString() }
}

/** A request for a token in the vendor's own shape. */
export async function ownTokenRequest(options: TokenOptions, baseUrl: string, reads: AuthReads): Promise<TokenRequest> {
  const { basic, json, form } = options
  const headers: Record<string, string> = { accept: 'application/json', ...Object.fromEntries(await credentialsOf(reads, options.headers)) }
  if (basic) headers.authorization = basicValue(await credentialOf(reads, basic.username), await credentialOf(reads, basic.password))
  let body: string | undefined
  if (json) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(Object.fromEntries(await credentialsOf(reads, json)))
  } else if (form) {
    headers['content-type'] = 'application/x-www-form-urlencoded'
    body = new URLSearchParams(await credentialsOf(reads, form)).toString()
  }
  return { method: options.method ?? 'POST', url: await tokenUrl(options.url, options, baseUrl, reads), headers, body }
}

/** Joined to the base URL as the paths of requests are, with the tenant and the query in it. */
async function tokenUrl(
  given: TextValue,
  { tenant, query }: Pick<OAuth2Options, 'tenant' | 'query'>,
  baseUrl: string,
  reads: AuthReads,
): Promise<string> {
  const template = await textOf(reads, given)
  const name = tenant === undefined ? '' : await textOf(reads, tenant)
  if (template.includes('{tenant}') && name === '')
    throw new VendorError('invalid_request', 'The token URL has a {tenant}, and auth names none.', { reason: 'no_tenant' })
  // As a segment of the path, and never more: `..` would lead to another address.
  if (/^\.{1,2}$/.test(name)) throw new VendorError('invalid_request', `The tenant '${name}' is no tenant.`, { reason: 'no_tenant' })
  const url = URL.parse(joinedUrl(baseUrl, template.replaceAll('{tenant}', encodeURIComponent(name))))
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new VendorError(
      'invalid_request',
      'The token URL is no address. Write a path such as /oauth/token, or a whole one with https://.',
      {
        reason: 'token_url',
      },
    )
  for (const [key, value] of await credentialsOf(reads, query)) url.searchParams.set(key, value)
  return url.href
}
