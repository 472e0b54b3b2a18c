import type { CredentialNames } from '../budgets/credential-names.ts'
import { namesOf } from './credential-names.ts'
import { type CredentialGiven, type CredentialReading, digestOf, inHeader, type ReadCredential } from './credential-values.ts'
import type { AuthSpec, BasicSpec, CredentialValue } from './http-spec.ts'
import { basicOf } from './tokens/token-request.ts'
import type { WantedToken } from './tokens/tokens.ts'
import { oauth2Wanted, ownTokenWanted } from './wanted-tokens.ts'

/** What is put into a request. */
export type Placed = { headers: [string, string][]; query: [string, string][] }

/** How requests of a client prove who makes them, with values. `digest` names it: what is made of the same values has the same. */
export type Credential = { digest: string; named: CredentialNames } & (
  | { type: 'none' }
  /** `masks`: what was made of secrets, and is masked as they are. */
  /** `owner`: the organization whose secrets they are; null where they are everybody's. */
  | { type: 'placed'; placed: Placed; masks: string[]; owner: string | null }
  | { type: 'token'; wanted: WantedToken; use: { header: string; prefix: string } }
)

type StaticAuth = Exclude<AuthSpec, { oauth2: unknown } | { token: unknown } | { connection: string }>

/**
 * Reads what the options name, and makes of it what requests need.
 *
 * @throws secret_not_found, secret_not_for_host, address_not_allowed, validation_failed, vendor_error (credentials)
 */
export async function readCredential(
  reading: CredentialReading,
  given: CredentialGiven,
  connection: (name: string, mapping: string | undefined) => Promise<WantedToken>,
): Promise<Credential> {
  const { auth, baseUrl } = given
  if (auth === null) return { type: 'none', named: namesOf(null, undefined), digest: digestOf(['none', baseUrl]) }
  const bearer = { header: 'Authorization', prefix: 'Bearer ' }
  if ('oauth2' in auth) return tokenCredential(auth, await oauth2Wanted(reading, auth.oauth2, given), bearer)
  if ('token' in auth) {
    const { header, prefix = '' } = auth.token.use ?? bearer
    return tokenCredential(auth, await ownTokenWanted(reading, auth.token, given), { header, prefix })
  }
  if ('connection' in auth) return tokenCredential(auth, await connection(auth.connection, auth.mapping), bearer)
  return placedCredential(reading, auth, given)
}

function tokenCredential(auth: AuthSpec, wanted: WantedToken, use: { header: string; prefix: string }): Credential {
  return { type: 'token', named: namesOf(auth, wanted.tenant), wanted, use, digest: digestOf(['token', wanted.owner, wanted.key]) }
}

async function placedCredential(reading: CredentialReading, auth: StaticAuth, { destination }: CredentialGiven): Promise<Credential> {
  const marks: unknown[] = []
  let owner: string | null = null
  const read = async (option: string, value: CredentialValue) => {
    const found = await reading.credential(option, value, destination)
    marks.push([option, found.mark])
    if ('secret' in found.mark) owner ??= found.mark.owner
    return found
  }
  const placed: Placed = { headers: [], query: [] }
  const masks: string[] = []
  if ('header' in auth) placed.headers.push([auth.header, `${auth.prefix ?? ''}${inHeader(await read('auth.value', auth.value))}`])
  else if ('headers' in auth) {
    for (const [name, value] of Object.entries(auth.headers))
      placed.headers.push([name, inHeader(await read(`auth.headers.${name}`, value))])
  } else if ('query' in auth) placed.query.push([auth.query, (await read('auth.value', auth.value)).text])
  else if ('bearer' in auth) placed.headers.push(['Authorization', `Bearer ${inHeader(await read('auth.bearer', auth.bearer))}`])
  else {
    const value = await basicHeader(auth.basic, read)
    masks.push(value.replace('Basic ', ''))
    placed.headers.push(['Authorization', value])
  }
  return { type: 'placed', named: namesOf(auth, undefined), placed, masks, owner, digest: digestOf(['placed', Object.keys(auth), marks]) }
}

async function basicHeader(
  { username, password }: BasicSpec,
  read: (option: string, value: CredentialValue) => Promise<ReadCredential>,
): Promise<string> {
  return basicOf((await read('auth.basic.username', username)).text, (await read('auth.basic.password', password)).text)
}
