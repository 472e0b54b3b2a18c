import type { z } from 'zod'
import type { ConnectionDeclaration } from './connections.ts'
import type { IntegrationContext } from './integration-context.ts'
import type { JsonObject } from './json.ts'
import type { ExternalOrganization, OrganizationMapping, TestResult } from './mapping.ts'
import type { RetryOptions } from './retry.ts'

/** Marks integrations across two copies of this package in one process. */
export const integrationBrand: unique symbol = Symbol.for('crosswalk.integration')

/** One secret or config key that an integration reads, for the people who have to set it. */
export type RequiredKey = {
  /** For people: `API key`. */
  label: string
  /** Whether nothing works without it. Default false. */
  required?: boolean
  description?: string
}

/**
 * What knows one outside system. Extend it, name it, export it from a file in `integrations/`.
 *
 * One instance serves one execution. It must not keep state between calls, nor read anything but its context.
 *
 * @typeParam Client what workflows get from `ctx.getIntegration`.
 * @typeParam Data the mapping data; `z.infer` of the class's `mappingData` schema.
 *
 * @example
 * ```ts
 * export class HaloPsa extends BaseIntegration<HaloClient> {
 *   static integrationName = 'halopsa'
 *   supportsOrgMapping() { return true }
 *   async getClient(mapping: OrganizationMapping) { return new HaloClient(await this.context.getSecret('halo_key'), mapping.externalOrgId) }
 *   async testConnection(mapping: OrganizationMapping) { … }
 * }
 * ```
 */
export abstract class BaseIntegration<Client = unknown, Data extends JsonObject = JsonObject> {
  static readonly [integrationBrand] = true

  /** Unique; `^[a-z][a-z0-9_]{0,49}$`. Mappings refer to it, so it never changes. */
  static integrationName: string
  /** For people. Default: the name. */
  static displayName?: string
  /** One or two sentences for the administrator who chooses it. */
  static description?: string
  /** What a mapping holds beside the external organization; the form is made from it. Default: any object. */
  static mappingData?: z.ZodObject
  /** Secrets it reads, by key. */
  static secrets?: Record<string, RequiredKey>
  /** Config it reads, by key. */
  static config?: Record<string, RequiredKey>
  /**
   * Hosts that it talks to: `api.example.com`, or `*.example.com` for every name below. Its calls to others are refused with
   * `egress_refused`. Default: any public host.
   */
  static hosts?: readonly string[]
  /**
   * `named`: its code never reads a secret. Credentials are named in `context.http`, and `getSecret` is refused. Default `read`.
   */
  static credentials?: 'named' | 'read'
  /** Connections that a person consents to at the vendor, by name. */
  static connections?: Readonly<Record<string, ConnectionDeclaration>>
  /** Whether two organizations may map the same external organization. Default false. */
  static sharedExternalOrgs?: boolean
  /** How long a list of external organizations is good. Default 3600. */
  static discoveryCacheSeconds?: number
  /** How long discovery and a connection test may take. Defaults are the platform's. */
  static timeoutsMs?: { discovery?: number; test?: number }
  /** Async methods of the client that are not steps: cheap reads, and whatever returns more than plain data. */
  static unrecorded?: readonly string[]
  /** Plain functions of the client that return promises and are to be steps (async functions are anyway). */
  static recorded?: readonly string[]
  /**
   * How calls on the client are tried again. Default: three attempts, of what the vendor refused or what is safe to repeat; with
   * `retries: 'failed'` of every failure that may pass, for a client whose calls are all safe to run twice.
   */
  static retry?: RetryOptions
  /** The same for single methods; what it leaves out is as in `retry`. */
  static methodRetry?: Readonly<Record<string, RetryOptions>>

  readonly context: IntegrationContext

  constructor(context: IntegrationContext) {
    this.context = context
  }

  /** Whether organizations are mapped to external ones. Asked without a context: answer a constant. */
  supportsOrgMapping(): boolean {
    return false
  }

  /**
   * Lists the external organizations that the credentials may see: all at once, or page by page as an async generator
   * (then a long discovery shows its progress). Defining it makes the integration support discovery.
   * Throw when the vendor fails; an empty list means that there are none.
   */
  listOrganizations?(): Promise<ExternalOrganization[]> | AsyncIterable<ExternalOrganization[]>

  /** A client, authenticated and scoped to the mapping's external organization. No more, so that it cannot reach another's data. */
  abstract getClient(mapping: OrganizationMapping<Data>): Client | Promise<Client>

  /** Makes one cheap call with the mapping. Returns a failure as a result; `mapping.id` is null when it is not saved yet. */
  abstract testConnection(mapping: OrganizationMapping<Data>): Promise<TestResult>
}

/** A concrete class that extends {@link BaseIntegration}, with its statics. */
export type IntegrationClass = {
  new (context: IntegrationContext): BaseIntegration
  readonly prototype: BaseIntegration
  integrationName: string
  displayName?: string
  description?: string
  mappingData?: z.ZodObject
  secrets?: Record<string, RequiredKey>
  config?: Record<string, RequiredKey>
  hosts?: readonly string[]
  credentials?: 'named' | 'read'
  connections?: Readonly<Record<string, ConnectionDeclaration>>
  sharedExternalOrgs?: boolean
  discoveryCacheSeconds?: number
  timeoutsMs?: { discovery?: number; test?: number }
  unrecorded?: readonly string[]
  recorded?: readonly string[]
  retry?: RetryOptions
  methodRetry?: Readonly<Record<string, RetryOptions>>
}

/**
 * Whether it is a class that extends `BaseIntegration` of any copy of this package, other than `BaseIntegration` itself.
 * Its statics may still be wrong: `describeIntegration` checks them.
 */
export function isIntegrationClass(value: unknown): value is IntegrationClass {
  return typeof value === 'function' && integrationBrand in value && !Object.hasOwn(value, integrationBrand)
}
