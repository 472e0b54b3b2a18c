import type { GenericOAuthConfig, GenericOAuthUserInfo } from 'better-auth/plugins/generic-oauth'
import { z } from 'zod'
import type { SecretText } from '../values/secrets/secret-text.ts'
import type { SingleSignOn } from './sign-in-setting.ts'

export const singleSignOnId = 'oidc'
/** Why the library makes no person. */
export const unverifiedAddress = 'unverified_address'
const timeoutMs = 10_000
const maxDocumentBytes = 500_000

/** What a provider says of itself. */
const discoverySchema = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
})
export type Discovered = z.output<typeof discoverySchema>

/** Where a provider of that issuer says what it is. */
export const discoveryUrlOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`

/** Why something of a provider could not be had, for an administrator. */
export class ProviderProblem extends Error {}

async function fetchJson(url: string, what: string): Promise<unknown> {
  let answer: Response
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), headers: { accept: 'application/json' }, redirect: 'error' })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : ''
    throw new ProviderProblem(`${what} at ${url} does not answer${cause}. Check the issuer, and that this machine reaches it.`)
  }
  if (!answer.ok) throw new ProviderProblem(`${what} at ${url} answered ${answer.status}. Check the issuer.`)
  const text = await answer.text()
  if (text.length > maxDocumentBytes) throw new ProviderProblem(`${what} at ${url} is too large. Check the issuer.`)
  try {
    return JSON.parse(text)
  } catch {
    throw new ProviderProblem(`What is at ${url} is no JSON. Check the issuer.`)
  }
}

/** Asks a provider what it is. @throws ProviderProblem */
export async function discover(issuer: string): Promise<Discovered> {
  const url = discoveryUrlOf(issuer)
  const parsed = discoverySchema.safeParse(await fetchJson(url, 'The description of the provider'))
  if (!parsed.success) throw new ProviderProblem(`What is at ${url} does not describe a provider of OpenID Connect. Check the issuer.`)
  if (parsed.data.issuer.replace(/\/$/, '') !== issuer.replace(/\/$/, ''))
    throw new ProviderProblem(`The provider calls itself ${parsed.data.issuer}. Set that as the issuer, exactly.`)
  const keys = z.object({ keys: z.array(z.unknown()).min(1) }).safeParse(await fetchJson(parsed.data.jwks_uri, 'The list of keys'))
  if (!keys.success) throw new ProviderProblem(`The provider has no keys at ${parsed.data.jwks_uri}. Its administrator has to make some.`)
  return parsed.data
}

/** What one sign-in told, for what follows it. */
export type Told = { claims?: GenericOAuthUserInfo; hasMadePerson?: boolean }

type Given = { settings: SingleSignOn; discovered: Discovered; secret: SecretText; redirectUri: string; told: Told }

/** The provider as the library uses it, for one sign-in. */
export function providerFor({ settings, discovered, secret, redirectUri, told }: Given): GenericOAuthConfig<typeof singleSignOnId> {
  const methods = discovered.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return {
    providerId: singleSignOnId,
    discoveryUrl: discoveryUrlOf(settings.issuer),
    requireIdTokenVerification: true,
    clientId: settings.client_id,
    clientSecret: secret.reveal(),
    authentication: methods.includes('client_secret_basic') ? 'basic' : 'post',
    scopes: ['openid', 'profile', 'email'],
    redirectURI: redirectUri,
    pkce: true,
    disableImplicitSignUp: !settings.creates_people,
    // Another provider may know somebody else by the same.
    accountSubject: ({ profile }) => `${discovered.issuer} ${String(profile.sub)}`,
    // The library has verified the id token by then.
    async getUserInfo({ idToken, accessToken }) {
      const claims = claimsOf(idToken)
      if (!claims?.sub) return null
      const more = discovered.userinfo_endpoint && accessToken ? await userInfo(discovered.userinfo_endpoint, accessToken) : {}
      // What is said of somebody else is not taken.
      const all = more.sub === claims.sub ? { ...more, ...claims } : claims
      const address = [all.email, all.preferred_username, all.upn].find((text) => z.email().safeParse(text).success)
      const profile = {
        ...all,
        email: typeof address === 'string' ? address.toLowerCase() : undefined,
        emailVerified: settings.trusts_addresses || (all.email_verified === true && address === all.email),
        name: plainLine(String(all.name ?? address ?? '')),
      }
      told.claims = profile as GenericOAuthUserInfo
      return told.claims
    },
  }
}

/** What a provider calls somebody is shown in lists and in the audit. */
const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200)

type Claims = Record<string, unknown> & { sub?: string }

function claimsOf(idToken: string | undefined): Claims | undefined {
  const part = idToken?.split('.')[1]
  if (!part) return undefined
  const parsed = z.looseObject({ sub: z.string() }).safeParse(JSON.parse(Buffer.from(part, 'base64url').toString()))
  return parsed.data
}

async function userInfo(url: string, accessToken: string): Promise<Claims> {
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  }).catch(() => undefined)
  if (!answer?.ok) return {}
  const parsed = z.looseObject({ sub: z.string() }).safeParse(await answer.json().catch(() => undefined))
  return parsed.data ?? {}
}

/** The groups of a person. A provider may name one group by itself, without a list. */
export function groupsOf(claims: Record<string, unknown>, claim: string): string[] {
  return [claims[claim] ?? []].flat().filter((group): group is string => typeof group === 'string')
}
