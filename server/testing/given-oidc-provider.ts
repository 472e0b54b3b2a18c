import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export type OidcPerson = { email: string; name: string; groups?: string[]; email_verified?: boolean }
export const oidcClient = { id: 'crosswalk', secret: 'secret-of-the-client' }

/**
 * A real OpenID provider on a port of its own. Who signs in types their account, which is a key of `people`, and any password.
 *
 * @param redirectUris where people come back to
 */
export async function givenOidcProvider(people: Record<string, OidcPerson>, redirectUris: string[]) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: oidcClient.id, client_secret: oidcClient.secret, redirect_uris: redirectUris }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    cookies: { keys: ['a key of a test'] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    // As Entra ID does: claims stand in the id token as well.
    conformIdTokenClaims: false,
    findAccount: (_, id) => {
      const person = people[id]
      return person && { accountId: id, claims: () => ({ sub: id, email_verified: true, ...person }) }
    },
  })
  server.on('request', provider.callback())
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
