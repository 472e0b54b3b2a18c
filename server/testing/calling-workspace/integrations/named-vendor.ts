import { BaseIntegration, type ConnectionDeclaration, type OAuth2Options, type OrganizationMapping } from '@crosswalk/sdk'

/** Says all that it is told: whether `getSecret` is refused, and what a call answered. */
export class NamedVendor extends BaseIntegration {
  static override integrationName = 'named_vendor'
  static override credentials = 'named' as const
  static override hosts = ['api.named.example']
  static override secrets = { named_key: { label: 'Key' }, named_secret: { label: 'Client secret' } }
  static override config = { named_url: { label: 'URL' }, named_token_url: { label: 'Token URL' } }

  static override connections: Record<string, ConnectionDeclaration> = {
    account: {
      label: 'Named account',
      owner: 'organization',
      authorizeUrl: 'https://login.named.example/authorize',
      tokenUrl: { config: 'named_token_url' },
      clientId: 'named',
      clientSecret: { secret: 'named_secret' },
      scope: 'all offline',
      authorizeQuery: { prompt: 'consent' },
      externalId: 'realm',
    },
    site: {
      label: 'Named site',
      owner: 'mapping',
      authorizeUrl: 'https://login.named.example/authorize',
      tokenUrl: { config: 'named_token_url' },
      clientId: 'named',
    },
  }

  override supportsOrgMapping(): boolean {
    return true
  }

  override async listOrganizations() {
    return [{ id: String(await this.#answer('key')), name: 'Answered' }]
  }

  override async getClient(_mapping: OrganizationMapping) {
    const http = this.context.http({ baseUrl: { config: 'named_url' }, auth: { connection: 'account' } })
    return { read: async () => this.context.getSecret('named_key'), call: async () => http.get('/of-account') }
  }

  override async testConnection() {
    const refused = await this.context.getSecret('named_key').then(
      () => 'read',
      (error: Error & { code?: string }) => String(error.code),
    )
    return { success: (await this.#answer('key')) === '/named', message: refused }
  }

  async #answer(_: string) {
    const http = this.context.http({ baseUrl: { config: 'named_url' }, auth: { oauth2: this.#auth } })
    const { path } = (await http.get('/named')) as { path: string } // the vendor of the test
    return path
  }

  readonly #auth: OAuth2Options = {
    ...{ grant: 'client_credentials', tokenUrl: '/oauth/token', clientId: 'named', clientSecret: { secret: 'named_secret' } },
  }
}
