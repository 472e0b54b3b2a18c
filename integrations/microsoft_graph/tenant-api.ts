import {
  type HttpClient,
  type HttpRequest,
  type IntegrationContext,
  isCrosswalkError,
  type ParsedPagesOptions,
  VendorError,
} from '@crosswalk/sdk'
import type { z } from 'zod'
import { loginRefusalOf } from './login-codes.ts'
import type { RouteChoice, Settings, TokenRoute } from './settings.ts'

/** A read that the directory answers only when it may be a little behind: with `$search`, `$count`, `ne`, `endswith`. */
export const eventually = { headers: { consistencylevel: 'eventual' } } as const

type ListOptions<Schema extends z.ZodType> = Pick<ParsedPagesOptions<Schema>, 'query' | 'headers' | 'schema'> & {
  /** Default 999, the most that lists of the directory take; null asks for no size. */
  size?: number | null
}

/**
 * Calls Graph with a token of one tenant. In the automatic way the app itself is tried first, and the partner's user where the login or
 * Graph refuses the app: such a call was not carried out, so it is safe to make again.
 */
export class TenantApi {
  readonly tenantId: string
  /** Of Graph, as references to its objects begin. */
  readonly origin: string
  readonly #clients: { route: TokenRoute; http: HttpClient }[]
  #route: TokenRoute | undefined

  /** @param freshToken whether a token from before says too little: it outlives the consent that it was given for by up to an hour */
  constructor(context: IntegrationContext, settings: Settings, tenantId: string, choice: RouteChoice, { freshToken = false } = {}) {
    this.tenantId = tenantId
    this.origin = settings.apiUrl
    const routes: TokenRoute[] = choice === 'automatic' ? ['application', 'delegated'] : [choice]
    this.#clients = routes.map((route) => ({ route, http: httpOf(context, settings, tenantId, route, freshToken) }))
  }

  /** By which way the last call was answered; undefined before the first. */
  get route(): TokenRoute | undefined {
    return this.#route
  }

  get<Schema extends z.ZodType>(path: string, schema: Schema, request: HttpRequest = {}): Promise<z.output<Schema>> {
    return this.#through((http) => http.get(path, { ...request, schema }))
  }

  post<Schema extends z.ZodType>(path: string, json: unknown, schema: Schema, request: HttpRequest = {}): Promise<z.output<Schema>> {
    return this.#through((http) => http.post(path, { ...request, json, schema }))
  }

  /** For what is answered without a body. */
  async send(method: 'post' | 'patch' | 'delete', path: string, json?: unknown): Promise<void> {
    await this.#through((http) => http[method](path, json === undefined ? {} : { json }))
  }

  /** A list to its end. Graph's next links are followed as they are. @throws VendorError incomplete */
  async list<Schema extends z.ZodType>(path: string, options: ListOptions<Schema>): Promise<z.output<Schema>[]> {
    const { size = 999, query, ...rest } = options
    return await this.#through(async (http) => {
      const all: z.output<Schema>[] = []
      const pages = http.pages(path, {
        ...rest,
        query: { ...query, ...(size === null ? {} : { $top: size }) },
        items: 'value',
        next: { url: '@odata.nextLink' },
      })
      for await (const page of pages) all.push(...page)
      return all
    })
  }

  async #through<Result>(call: (http: HttpClient) => Promise<Result>): Promise<Result> {
    const refusals: unknown[] = []
    for (const { route, http } of this.#inOrder()) {
      try {
        const result = await call(http)
        this.#route = route
        return result
      } catch (error) {
        const [refused] = refusals
        // The user's way is not set up: then what the app was refused for is what there is to repair.
        if (refused !== undefined && isCrosswalkError(error, 'secret_not_found')) throw refused
        if (!isRefusal(error)) throw error
        refusals.push(error)
      }
    }
    const [first, second] = refusals
    throw second === undefined ? first : bothRefused(this.tenantId, first, second)
  }

  /** What was answered last comes first: it has a token. */
  #inOrder() {
    return [...this.#clients].sort((one, other) => Number(other.route === this.#route) - Number(one.route === this.#route))
  }
}

/** Whether a call was refused before anything was done, for want of a token or of a permission. */
export function isRefusal(error: unknown): boolean {
  if (!isCrosswalkError(error, 'vendor_error')) return false
  return error.details.kind === 'permission' || (error.details.kind === 'credentials' && loginRefusalOf(error) !== undefined)
}

/** What both ways say, in one error. Where one has a token and no permission, the permission is what there is to give. */
function bothRefused(tenantId: string, first: unknown, second: unknown): VendorError {
  const say = (error: unknown) => loginRefusalOf(error)?.problem ?? 'It has no permission for this.'
  const isOfPermission = [first, second].some((error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'permission')
  return new VendorError(
    isOfPermission ? 'permission' : 'credentials',
    `Microsoft refuses both ways into the tenant ${tenantId}. The first: ${say(first)} The second: ${say(second)}`,
    { tenant_id: tenantId, login_codes: [first, second].map((error) => loginRefusalOf(error)?.code ?? null) },
    { cause: second },
  )
}

function httpOf(context: IntegrationContext, settings: Settings, tenantId: string, route: TokenRoute, freshToken: boolean): HttpClient {
  const shared = {
    tokenUrl: `${settings.loginUrl}/{tenant}/oauth2/v2.0/token`,
    tenant: tenantId,
    clientId: { config: 'microsoft_graph_client_id' },
    clientSecret: { secret: 'microsoft_graph_client_secret' },
  }
  const scope = `${settings.apiUrl}/.default`
  return context.http({
    name: route,
    freshToken,
    baseUrl: `${settings.apiUrl}/v1.0`,
    auth: {
      oauth2:
        route === 'application'
          ? { ...shared, grant: 'client_credentials', scope }
          : {
              ...shared,
              grant: 'refresh_token',
              refreshToken: { secret: 'microsoft_graph_refresh_token' },
              scope: `${scope} offline_access`,
            },
    },
    // A tenant has 3,500 units in 10 s at least, most calls cost one to three; and it is not ours alone.
    limits: [{ requests: 1_000, perMs: 10_000 }, { parallel: 8 }],
  })
}
