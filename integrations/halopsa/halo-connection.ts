import {
  type HttpClient,
  type IntegrationContext,
  type ParsedPagesOptions,
  type QueryValues,
  VendorError,
  type VendorErrorKind,
} from '@crosswalk/sdk'
import type { z } from 'zod'
import { authInfo } from './halo-answers.ts'

/** What the vendor allows to the whole instance, all its users together. A fifth is left for the others. */
const limits = [{ requests: 300, perMs: 300_000, share: 0.8 }, { parallel: 4 }] as const

/** Asked for; the server may give fewer. */
const pageSize = 1_000

const refusals: readonly VendorErrorKind[] = ['credentials', 'permission', 'not_found', 'invalid_request']

/** One HaloPSA, by its address. Nothing is asked of it before the first call. */
export class HaloConnection {
  readonly #context: IntegrationContext
  readonly #baseUrl: string | { config: string }
  #opening: Promise<HttpClient> | undefined

  /** @param baseUrl of mapping data; without it, the config `halopsa_base_url` says where it is */
  constructor(context: IntegrationContext, baseUrl: string | undefined) {
    this.#context = context
    this.#baseUrl = baseUrl === undefined ? { config: 'halopsa_base_url' } : withoutApi(baseUrl)
  }

  /** The client of the API. Where to get a token is what the instance says itself. */
  http(): Promise<HttpClient> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(): Promise<HttpClient> {
    const baseUrl = await this.#address()
    const { auth_url, tenant_id } = await this.#askWhereToSignIn(baseUrl)
    return this.#context.http({
      baseUrl,
      auth: {
        oauth2: {
          grant: 'client_credentials',
          tokenUrl: `${auth_url.replace(/\/+$/, '')}/token`,
          clientId: { config: 'halopsa_client_id' },
          clientSecret: { secret: 'halopsa_client_secret' },
          scope: 'all',
          query: { tenant: tenant_id ?? '' },
        },
      },
      limits,
    })
  }

  async #askWhereToSignIn(baseUrl: string | { config: string }): Promise<z.output<typeof authInfo>> {
    try {
      return await this.#context.http({ baseUrl, name: 'authinfo' }).get('/api/authinfo', { schema: authInfo })
    } catch (error) {
      // Every HaloPSA answers this, without credentials. What refuses it is something else.
      if (!(error instanceof VendorError) || !refusals.includes(error.kind)) throw error
      throw new VendorError(
        'invalid_response',
        `${error.message.replace(/\.$/, '')}. A HaloPSA answers this to everybody.`,
        { ...error.details, kind: 'invalid_response' },
        { cause: error },
      )
    }
  }

  async #address(): Promise<string | { config: string }> {
    if (typeof this.#baseUrl === 'string') return this.#baseUrl
    const configured = await this.#context.getConfig(this.#baseUrl.config)
    // What is missing is told by the client, with how to set it.
    return typeof configured === 'string' && configured.trim() !== '' ? withoutApi(configured) : this.#baseUrl
  }

  /** A list page by page, until as many came as there are, whatever the size of the pages. */
  async *pages<Schema extends z.ZodType>(
    path: string,
    options: { items: string; schema: Schema; query?: QueryValues },
  ): AsyncGenerator<z.output<Schema>[], void, undefined> {
    const paging: ParsedPagesOptions<Schema> = {
      next: { page: 'page_no', size: ['page_size', pageSize] },
      total: 'record_count',
      items: options.items,
      schema: options.schema,
      query: { pageinate: true, ...options.query },
    }
    yield* (await this.http()).pages(path, paging)
  }

  /** The same at once. */
  async list<Schema extends z.ZodType>(
    path: string,
    options: { items: string; schema: Schema; query?: QueryValues },
  ): Promise<z.output<Schema>[]> {
    const all: z.output<Schema>[] = []
    for await (const page of this.pages(path, options)) all.push(...page)
    return all
  }
}

/** People copy the address with what stands behind it. */
function withoutApi(address: string): string {
  return address
    .trim()
    .replace(/\/+$/, '')
    .replace(/\/api$/i, '')
}
