import type { OwnRequest } from '../../gateway/messages/own-request.ts'

/** What is sent for a token, with values in place. `secrets`: what in it is one, and the execution that asks does not know of. */
export type TokenRequest = Pick<OwnRequest, 'method' | 'url' | 'headers' | 'body'> & { secrets: readonly string[] }

type Values = Readonly<Record<string, string>>

/** Of what a request needs. */
const secretFields = new Set(['password', 'refresh_token', 'code', 'code_verifier', 'token'])

type Client = { url: string; clientId: string; clientSecret: string | undefined; clientIn: 'fields' | 'basic' }

/** One of OAuth 2 (RFC 6749): what the grant needs in a form, the client in it or in `Authorization: Basic`. */
export function oauth2Request({
  grant,
  grantFields,
  moreFields,
  ...client
}: Client & {
  grant: string
  /** Of the grant, and the scope. */
  grantFields: Values
  moreFields: Values
}): TokenRequest {
  return clientRequest(client, { grant_type: grant, ...grantFields }, moreFields)
}

/** Asks the vendor to end what a token stands for (RFC 7009). */
export function revocationRequest({
  token,
  kind,
  ...client
}: Client & { token: string; kind: 'refresh_token' | 'access_token' }): TokenRequest {
  return clientRequest(client, { token, token_type_hint: kind }, {})
}

function clientRequest({ url, clientId, clientSecret, clientIn }: Client, named: Values, moreFields: Values): TokenRequest {
  const isBasic = clientIn === 'basic' && clientSecret !== undefined
  const client = isBasic ? {} : { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) }
  const fields = { ...named, ...client, ...moreFields }
  // RFC 6749, 2.3.1: each part is encoded as in a form first.
  const basic = isBasic ? [basicOf(encodeForm(clientId), encodeForm(clientSecret))] : []
  return {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic[0] === undefined ? {} : { authorization: basic[0] }),
    },
    body: new URLSearchParams(fields).toString(),
    secrets: [
      ...(clientSecret === undefined ? [] : [clientSecret]),
      ...Object.entries(named).flatMap(([name, value]) => (secretFields.has(name) ? [value] : [])),
      ...basic.map(withoutScheme),
    ],
  }
}

/** One of the vendor's own shape. */
export function ownRequest(given: {
  url: string
  method: string
  headers: Values
  basic: { username: string; password: string } | undefined
  json: Values | undefined
  form: Values | undefined
}): TokenRequest {
  const { url, method, headers, basic, json, form } = given
  const type = json ? 'application/json' : form ? 'application/x-www-form-urlencoded' : undefined
  const authorization = basic && basicOf(basic.username, basic.password)
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    body: json ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : null,
    secrets: authorization === undefined ? [] : [withoutScheme(authorization)],
  }
}

export function basicOf(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

const withoutScheme = (authorization: string) => authorization.slice(authorization.indexOf(' ') + 1)

function encodeForm(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

/** A path is joined to the base URL as those of requests are; `{tenant}` is replaced; parameters of the query are added, but empty ones. */
export function tokenUrl(given: string, { baseUrl, tenant, query }: { baseUrl: string; tenant: string | undefined; query: Values }): URL {
  const filled = tenant === undefined ? given : given.replaceAll('{tenant}', encodeURIComponent(tenant))
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//i.test(filled)
  const url = new URL(isWhole ? filled : `${baseUrl.replace(/\/+$/, '')}/${filled.replace(/^\/+/, '')}`)
  for (const [name, value] of Object.entries(query)) if (value !== '') url.searchParams.set(name, value)
  return url
}
