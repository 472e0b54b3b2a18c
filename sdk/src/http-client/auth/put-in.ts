import type { AuthSpec } from '../port.ts'
import { type AuthReads, basicValue, credentialOf, credentialsOf } from './auth-values.ts'

/** What is put into a request, in place of whatever stands there under the same names. */
export type PutIn = { headers: Record<string, string>; query: Record<string, string> }

/**
 * What an authentication puts into each request.
 *
 * @param token of an authentication that gets one, and of no other
 */
export async function putInOf(auth: AuthSpec | null, reads: AuthReads, token: () => Promise<string>): Promise<PutIn> {
  if (auth === null) return { headers: {}, query: {} }
  if ('basic' in auth) {
    const { username, password } = auth.basic
    return ofHeader('authorization', basicValue(await credentialOf(reads, username), await credentialOf(reads, password)))
  }
  if ('bearer' in auth) return ofHeader('authorization', `Bearer ${await credentialOf(reads, auth.bearer)}`)
  if ('headers' in auth) return { headers: Object.fromEntries(await credentialsOf(reads, auth.headers)), query: {} }
  if ('header' in auth) return ofHeader(auth.header, `${auth.prefix ?? ''}${await credentialOf(reads, auth.value)}`)
  if ('query' in auth) return { headers: {}, query: { [auth.query]: await credentialOf(reads, auth.value) } }
  const use = 'token' in auth ? auth.token.use : undefined
  return ofHeader(use?.header ?? 'authorization', `${use ? (use.prefix ?? '') : 'Bearer '}${await token()}`)
}

function ofHeader(name: string, value: string): PutIn {
  return { headers: { [name]: value }, query: {} }
}
