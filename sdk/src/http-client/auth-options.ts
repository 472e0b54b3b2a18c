/** A secret by its key. Its value is put in where the request is made, and never where your code runs. */
export type SecretRef = { readonly secret: string }
/** A config value by its key, and what stands there where it is not set. */
export type ConfigRef = { readonly config: string; readonly default?: string }
/** Text as it is, or out of config. */
export type TextValue = string | ConfigRef
/** What may be secret, and does not have to be. */
export type CredentialValue = SecretRef | TextValue

/** How requests prove who makes them. Secrets are named, never given. */
export type AuthOptions =
  /** One header, such as `x-api-key`. `prefix` stands before the value: `Token `. */
  | { readonly header: string; readonly value: CredentialValue; readonly prefix?: string }
  /** Several headers. */
  | { readonly headers: Readonly<Record<string, CredentialValue>> }
  /** One parameter of the query. */
  | { readonly query: string; readonly value: CredentialValue }
  | { readonly basic: BasicCredentials }
  | { readonly bearer: SecretRef }
  | { readonly oauth2: OAuth2Options }
  /** A token that the vendor gives out in a way of its own. */
  | { readonly token: TokenOptions }
  /** A connection that a person consented to, by the name that it has in the integration. `mapping`: the id of the mapping whose own it is. */
  | { readonly connection: string; readonly mapping?: string }

export type BasicCredentials = { readonly username: CredentialValue; readonly password: CredentialValue }

/**
 * A token of OAuth 2. For consent by a person (authorization code) see `{ connection }`.
 *
 * @example { grant: 'client_credentials', tokenUrl: 'https://login.example.com/{tenant}/oauth2/v2.0/token', tenant: mapping.externalOrgId, … }
 */
export type OAuth2Options = {
  readonly grant: 'client_credentials' | 'password' | 'refresh_token'
  /** Whole, or a path that is joined to the base URL as those of requests are. `{tenant}` in it is replaced. */
  readonly tokenUrl: TextValue
  readonly clientId: CredentialValue
  readonly clientSecret?: CredentialValue
  /** Of the grant `password`. */
  readonly username?: CredentialValue
  readonly password?: CredentialValue
  /** Of the grant `refresh_token`: the first one. One that the vendor puts in its place is kept by the platform. */
  readonly refreshToken?: SecretRef
  readonly scope?: TextValue
  /** Whether id and secret of the client stand among the fields or in an `Authorization: Basic`. Default `fields`. */
  readonly clientIn?: 'fields' | 'basic'
  /** More fields, such as `audience`. */
  readonly fields?: Readonly<Record<string, CredentialValue>>
  /** Added to the token URL's query, such as HaloPSA's `tenant`. One that is empty is left out. */
  readonly query?: Readonly<Record<string, TextValue>>
  /** What stands for `{tenant}` in the token URL. */
  readonly tenant?: TextValue
}

/** A token request of the vendor's own shape. */
export type TokenOptions = {
  /** As the token URL of {@link OAuth2Options}. */
  readonly url: TextValue
  /** Default POST. */
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** Sent as JSON. One of `json` and `form`, or neither. */
  readonly json?: Readonly<Record<string, CredentialValue>>
  readonly form?: Readonly<Record<string, CredentialValue>>
  readonly headers?: Readonly<Record<string, CredentialValue>>
  readonly basic?: BasicCredentials
  readonly query?: Readonly<Record<string, TextValue>>
  readonly tenant?: TextValue
  readonly answer: {
    /** Where the token stands in the JSON of the answer: `access_token`, `data.token`. */
    readonly token: string
    /** Where the seconds that it lives stand. Without it, it is used until it is refused. */
    readonly expiresIn?: string
    /** Where the time of its end stands: ISO 8601, or seconds or milliseconds since 1970. */
    readonly expiresAt?: string
  }
  /** Which header it is sent in. Default `Authorization: Bearer …`. */
  readonly use?: { readonly header: string; readonly prefix?: string }
}
