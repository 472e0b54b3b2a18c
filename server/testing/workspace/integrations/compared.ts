import {
  BaseIntegration,
  connectionFailure,
  type IntegrationContext,
  type OrganizationMapping,
  readJson,
  type TestResult,
} from '@crosswalk/sdk'
import { z } from 'zod'

class ComparedClient {
  readonly #url: string
  readonly #signal: AbortSignal
  readonly workflowName: string | undefined
  constructor(url: string, { signal, workflowName }: IntegrationContext) {
    this.#url = url
    this.#signal = signal
    this.workflowName = workflowName
  }
  async get(path: string): Promise<unknown> {
    return readJson(await fetch(`${this.#url}${path}`, { signal: this.#signal }))
  }
  async post(path: string): Promise<unknown> {
    return readJson(await fetch(`${this.#url}${path}`, { method: 'POST', signal: this.#signal }), { method: 'POST' })
  }
}

/** Asks the address in the config. */
export class Compared extends BaseIntegration<ComparedClient> {
  static integrationName = 'compared'
  static hosts = ['api.compared.example', '*.compared.example', '127.0.0.1', 'none.invalid', 'localhost']
  static mappingData = z
    .object({
      region: z.enum(['eu', 'us']).default('eu'),
      port: z.int().optional(),
      url: z.string().optional(),
      inner: z.object({ names: z.array(z.object({ text: z.string() })).optional(), free: z.unknown().optional() }).optional(),
      choice: z.union([z.object({ of: z.literal('a'), a: z.int() }), z.object({ of: z.literal('b') })]).optional(),
    })
    .refine(({ port }) => port !== 13, {
      error: 'must not be 13',
      path: ['port'],
    })
  supportsOrgMapping() {
    return true
  }
  async getClient(_mapping: OrganizationMapping) {
    return new ComparedClient(await this.context.getConfig('compared_url', 'http://none.invalid'), this.context)
  }
  async testConnection(): Promise<TestResult> {
    return connectionFailure(new Error('It is not tested.'))
  }
}

/** Cannot be mapped, and has no client. */
export class Unmapped extends BaseIntegration<undefined> {
  static integrationName = 'unmapped'
  getClient() {
    return undefined
  }
  async testConnection(): Promise<TestResult> {
    return { success: true, message: 'It is nothing.' }
  }
}

/** Its list of recorded methods has a typing error. */
export class Misspelt extends Compared {
  static integrationName = 'misspelt'
  static recorded = ['gett']
}

declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    compared: typeof Compared
  }
}
