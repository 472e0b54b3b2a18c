import { listDefinitions } from '../definitions/definitions.ts'
import {
  type CredentialGiven,
  type CredentialReading,
  digestOf,
  inHeader,
  type ReadCredential,
  type ReadText,
  secretMarksOf,
} from './credential-values.ts'
import { type CredentialValue, invalidOptions, type OAuth2Spec, type TextValue, type TokenSpec } from './http-spec.ts'
import { type Destination, declaredOf, destinationOf } from './secret-hosts.ts'
import { oauth2Places } from './tokens/token-answer.ts'
import { oauth2Request, ownRequest, tokenUrl } from './tokens/token-request.ts'
import type { WantedToken } from './tokens/tokens.ts'
import { vendorHostOf } from './vendor-host.ts'

type Fields = Readonly<Record<string, CredentialValue>>

/** A token of OAuth 2. @throws as `readCredential` */
export async function oauth2Wanted(reading: CredentialReading, spec: OAuth2Spec, given: CredentialGiven): Promise<WantedToken> {
  const at = await tokenPlace(reading, 'auth.oauth2', { ...spec, url: spec.tokenUrl, urlOption: 'tokenUrl' }, given)
  const read = (option: string, value: CredentialValue) => reading.credential(`auth.oauth2.${option}`, value, at.destination)
  const clientId = copied(await read('clientId', spec.clientId))
  const clientSecret = spec.clientSecret === undefined ? undefined : copied(await read('clientSecret', spec.clientSecret))
  const scope = spec.scope === undefined ? undefined : await reading.text('auth.oauth2.scope', spec.scope)
  const more = await readFields(reading, 'auth.oauth2.fields', spec.fields, at.destination)
  const grant: [string, ReadCredential][] = []
  if (spec.grant === 'password')
    for (const name of ['username', 'password'] as const) grant.push([name, await read(name, needed(spec[name], `auth.oauth2.${name}`))])
  const first =
    spec.grant === 'refresh_token' ? copied(await read('refreshToken', needed(spec.refreshToken, 'auth.oauth2.refreshToken'))) : undefined
  const scopes = scope === undefined || scope.text === '' ? {} : { scope: scope.text }
  await reading.requireFor(
    [clientId, ...(clientSecret ? [clientSecret] : []), ...grant.map(([, value]) => value), ...(first ? [first] : []), ...more.values()],
    given.destination,
  )
  // A refresh token that the vendor put in the place of the first one outlives the client's secret, and is of the same account still.
  const values = first ? [first] : [clientId, ...(clientSecret ? [clientSecret] : []), ...grant.map(([, value]) => value), ...more.values()]
  return {
    ...placeOf(
      ['oauth2', spec.grant, at.url.href, clientId.mark, scopes, spec.clientIn ?? 'fields', first ? lastingOf(more) : [...more.keys()]],
      values,
      given,
      at.url,
    ),
    tenant: at.tenant,
    places: oauth2Places,
    declared: await declaredFor(reading, given),
    usesUp: spec.grant === 'refresh_token',
    remedy: spec.grant === 'refresh_token' ? 'Get a new refresh token from the vendor, and set its secret again.' : null,
    requestFor: (refreshToken) =>
      oauth2Request({
        url: at.url.href,
        grant: spec.grant,
        clientId: clientId.text,
        clientSecret: clientSecret?.text,
        clientIn: spec.clientIn ?? 'fields',
        grantFields: {
          ...Object.fromEntries(grant.map(([name, { text }]) => [name, text])),
          ...(first ? { refresh_token: refreshToken ?? first.text } : {}),
          ...scopes,
        },
        moreFields: textsOf(more),
      }),
  }
}

/** What a vendor has made, without the space or line break that was copied along: no vendor makes one with it. A password may have it. */
function copied(value: ReadCredential): ReadCredential {
  return { ...value, text: value.text.trim() }
}

/** A token that the vendor gives out in a way of its own. @throws as `readCredential` */
export async function ownTokenWanted(reading: CredentialReading, spec: TokenSpec, given: CredentialGiven): Promise<WantedToken> {
  if (spec.json && spec.form) throw invalidOptions([['auth.token.form', 'stands beside json: give one of them']])
  const at = await tokenPlace(reading, 'auth.token', { ...spec, urlOption: 'url' }, given)
  const [json, form, headers] = [
    await readFields(reading, 'auth.token.json', spec.json, at.destination),
    await readFields(reading, 'auth.token.form', spec.form, at.destination),
    await readFields(reading, 'auth.token.headers', spec.headers, at.destination),
  ]
  const basic = spec.basic && {
    username: await reading.credential('auth.token.basic.username', spec.basic.username, at.destination),
    password: await reading.credential('auth.token.basic.password', spec.basic.password, at.destination),
  }
  const named = [...json, ...form, ...headers]
  const values = [...named.map(([, value]) => value), ...(basic ? [basic.username, basic.password] : [])]
  await reading.requireFor(values, given.destination)
  const { token, expiresIn, expiresAt } = spec.answer
  const method = spec.method ?? 'POST'
  return {
    ...placeOf(['token', method, at.url.href, named.map(([name]) => name), spec.answer], values, given, at.url),
    tenant: at.tenant,
    places: { token, expiresIn, expiresAt, refreshToken: undefined },
    declared: await declaredFor(reading, given),
    usesUp: false,
    remedy: null,
    requestFor: () =>
      ownRequest({
        url: at.url.href,
        method,
        headers: Object.fromEntries([...headers].map(([name, value]) => [name, inHeader(value)])),
        basic: basic && { username: basic.username.text, password: basic.password.text },
        json: spec.json ? textsOf(json) : undefined,
        form: spec.form ? textsOf(form) : undefined,
      }),
  }
}

async function declaredFor(reading: CredentialReading, { integration }: CredentialGiven): Promise<WantedToken['declared']> {
  if (integration === null) return null
  const definition = (await listDefinitions(reading.for.db, 'integration')).find(({ name }) => name === integration)
  return definition ? declaredOf(definition) : null
}

/** What fields say, whichever version of a secret that is. */
function lastingOf(fields: ReadonlyMap<string, ReadCredential>): unknown[] {
  return [...fields].map(([name, { mark }]) => [name, 'secret' in mark ? { secret: mark.secret, owner: mark.owner } : mark])
}

/** Which row of the tokens it is: an organization's where one of its values is. */
function placeOf(
  shape: unknown[],
  values: readonly ReadCredential[],
  { integration }: CredentialGiven,
  url: URL,
): Pick<WantedToken, 'owner' | 'key' | 'integration' | 'host' | 'vendorHost' | 'secretMarks'> {
  const owner = values.flatMap(({ mark }) => ('secret' in mark && mark.owner !== null ? [mark.owner] : []))[0] ?? null
  return {
    owner,
    key: digestOf([...shape, values.map(({ mark }) => mark)]),
    integration,
    host: url.hostname,
    vendorHost: vendorHostOf(url),
    secretMarks: secretMarksOf(values),
  }
}

type Place = { url: TextValue; urlOption: string; tenant?: TextValue | undefined; query?: Readonly<Record<string, TextValue>> | undefined }

const tenantInHost = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*\{tenant\}/i

/** The token URL, and where secrets that go there go. */
async function tokenPlace(
  reading: CredentialReading,
  option: string,
  { url: given, urlOption, tenant: givenTenant, query: givenQuery = {} }: Place,
  { baseUrl, destination }: CredentialGiven,
): Promise<{ url: URL; destination: Destination; tenant: string | undefined }> {
  const written = await reading.text(`${option}.${urlOption}`, given)
  const tenant = givenTenant === undefined ? undefined : await reading.text(`${option}.tenant`, givenTenant)
  if (written.text.includes('{tenant}') && (tenant?.text ?? '') === '')
    throw invalidOptions([[`${option}.tenant`, 'is empty, and the token URL has {tenant}']])
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(givenQuery)) query[name] = (await reading.text(`${option}.query.${name}`, value)).text
  const url = parsedUrl(written, `${option}.${urlOption}`, (text) => tokenUrl(text, { baseUrl, tenant: tenant?.text, query }))
  // A path is of the base URL's host.
  const isOwnHost = url.origin === new URL(baseUrl).origin
  const isOfOrganization = isOwnHost
    ? destination.isOfOrganization
    : isOfOrganizationConfig(written) || (tenant !== undefined && isOfOrganizationConfig(tenant) && tenantInHost.test(written.text))
  return { url, destination: destinationOf(url, isOfOrganization), tenant: tenant?.text ?? query.tenant }
}

export const isOfOrganizationConfig = ({ owner }: ReadText): boolean => owner !== undefined && owner !== null

/** @throws validation_failed - it is no URL of https: or http:, or has a name and password in it. A config value is named. */
export function parsedUrl({ text, owner, key }: ReadText, option: string, make: (text: string) => URL = (given) => new URL(given)): URL {
  const refusal = (problem: string, remedy: string) => {
    if (key === undefined) return invalidOptions([[option, problem]])
    const [whose, flag] = isOfOrganizationConfig({ text, owner })
      ? ["the organization's config value", ' --org <organization>']
      : ['the config value', '']
    return invalidOptions([[option, `${whose} '${key}' ${problem}${remedy}. Set it with: crosswalk config set ${key}${flag}`]])
  }
  let url: URL
  try {
    url = make(text)
  } catch {
    throw refusal('is no URL', '. Write one such as https://api.example.com')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal('is no URL of https: or http:', '')
  if (url.username !== '' || url.password !== '') throw refusal('has a name or password in it: name them under auth', '')
  return url
}

async function readFields(
  reading: CredentialReading,
  option: string,
  fields: Fields | undefined,
  destination: Destination,
): Promise<Map<string, ReadCredential>> {
  const read = new Map<string, ReadCredential>()
  for (const [name, value] of Object.entries(fields ?? {}))
    read.set(name, await reading.credential(`${option}.${name}`, value, destination))
  return read
}

function textsOf(fields: ReadonlyMap<string, ReadCredential>): Record<string, string> {
  return Object.fromEntries([...fields].map(([name, { text }]) => [name, text]))
}

function needed<Value>(value: Value | undefined, option: string): Value {
  if (value === undefined) throw invalidOptions([[option, 'is missing, and the grant needs it']])
  return value
}
