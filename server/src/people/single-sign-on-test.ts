import type { SecretText } from '../values/secrets/secret-text.ts'
import { type Discovered, discover, ProviderProblem } from './single-sign-on-provider.ts'

const timeoutMs = 10_000

type Tested = { issuer: string; clientId: string; secret: SecretText | undefined; redirectUri: string }

/**
 * Looks whether a provider is there and takes the client, by a code that it has never given: it says either that the client is wrong, or
 * that the code is.
 */
export async function testProvider(tested: Tested): Promise<{ success: boolean; message: string }> {
  let discovered: Discovered
  try {
    discovered = await discover(tested.issuer)
  } catch (error) {
    if (error instanceof ProviderProblem) return { success: false, message: error.message }
    throw error
  }
  if (!tested.secret)
    return { success: false, message: 'The provider is there. Give the client secret to test whether it takes the client as well.' }
  const refusal = await refusalOf(discovered, { ...tested, secret: tested.secret })
  if (refusal === undefined) return { success: false, message: 'The provider is there, but its token endpoint does not answer. Try again.' }
  if (refusal === 'invalid_grant')
    return {
      success: true,
      message: `The provider takes the client. People come back to ${tested.redirectUri}: register that address there.`,
    }
  return {
    success: false,
    message: `The provider is there, but it refuses the client (${refusal}). Check the client id and its secret. A secret may have expired.`,
  }
}

/** What the provider says to a code that nobody has, without what could be of a person. */
async function refusalOf(
  discovered: Discovered,
  { clientId, secret, redirectUri }: Tested & { secret: SecretText },
): Promise<string | undefined> {
  const methods = discovered.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const isBasic = methods.includes('client_secret_basic')
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'test',
    redirect_uri: redirectUri,
    code_verifier: 'v'.repeat(43),
  })
  if (!isBasic) {
    form.set('client_id', clientId)
    form.set('client_secret', secret.reveal())
  }
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret.reveal())}`
  try {
    const answer = await fetch(discovered.token_endpoint, {
      method: 'POST',
      body: form,
      headers: isBasic ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {},
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    const body = (await answer.json()) as { error?: unknown }
    const code = String(body.error ?? answer.status)
    return /^[a-z_0-9]{1,50}$/.test(code) ? code : 'unknown'
  } catch {
    return undefined
  }
}
