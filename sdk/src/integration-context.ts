import type { HttpClient, HttpOptions } from './http-client/options.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** One of the customers that the platform works for. */
export type Organization = {
  /** UUID. */
  readonly id: string
  readonly name: string
  /** Mail domains, lower case. */
  readonly domains: readonly string[]
  /** Microsoft Entra tenant id, where known. */
  readonly tenantId: string | null
  /** The values of its custom fields, by their names. A field without a value is not in it; a date is text, `2026-03-01`. */
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

/** Who started the execution. */
export type Caller = {
  readonly type: 'person' | 'api_key' | 'execution' | 'schedule' | 'system'
  readonly id: string
  readonly name: string
}

/** How loud a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What `getConfig` returns beside a fallback: a value of the fallback's own JSON type. */
export type ConfigValue<Fallback extends JsonValue> = Fallback extends string
  ? string
  : Fallback extends number
    ? number
    : Fallback extends boolean
      ? boolean
      : Fallback extends null
        ? JsonValue
        : Fallback extends JsonValue[]
          ? JsonValue[]
          : JsonObject

/** What an integration may use. `org` is null when it lists external organizations with the global credentials. */
export interface IntegrationContext {
  readonly org: Organization | null
  readonly caller: Caller
  /** UUID of the execution this runs in. */
  readonly executionId: string
  /**
   * The workflow that this runs in, by its name: of a workflow that calls another one's function, the outer one. Not there outside of
   * workflows, as in discovery, a connection test or a data provider.
   */
  readonly workflowName?: string | undefined
  /** Aborted when the execution is cancelled or times out. Hand it to every `fetch`. */
  readonly signal: AbortSignal

  /**
   * The organization's own secret, else the global one. Its value never appears in logs, results or errors.
   *
   * @throws secret_not_found
   */
  getSecret(key: string): Promise<string>

  /**
   * The organization's own config value, else the global one, else the fallback.
   *
   * @throws validation_failed when the stored value is not of the fallback's JSON type (a number where text is expected).
   */
  getConfig<Fallback extends JsonValue>(key: string, fallback: Fallback): Promise<ConfigValue<Fallback>>
  getConfig(key: string): Promise<JsonValue | undefined>

  /**
   * A client of a vendor's API: JSON, pages, retries, one budget for all workers. Credentials are named, and put in where the request is
   * made; the code never has them.
   *
   * @example
   * const http = this.context.http({ baseUrl: 'https://api.example.com', auth: { bearer: { secret: 'example_key' } } })
   * const users = await http.get('/users')
   */
  http(options: HttpOptions): HttpClient

  /**
   * The key of the call or step that this runs in: the same over its attempts and after a crash, another for every other. Send it to
   * vendors that accept one. A method that makes several requests names each: `idempotencyKey('contact')`. Outside of steps, as in
   * discovery, each key is new.
   */
  idempotencyKey(part?: string): string

  /** Appends one line to the execution's log. Lines keep their order; secrets in them are masked. */
  log(level: LogLevel, message: string, data?: JsonObject): Promise<void>
}
