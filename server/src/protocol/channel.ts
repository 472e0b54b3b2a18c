import type { ErrorData, RetryOptions } from '@crosswalk/sdk'
import type { JsonObject } from './json.ts'

/**
 * What travels between a worker and its runner processes. Values are structured clones; nothing else is shared.
 * A channel's id is random and known only to the two ends, so code of one execution cannot speak for another.
 */

export type ChannelOutcome = { ok: true; value: unknown } | { ok: false; error: ErrorData }

/** What is to be run: which definition, for whom, with what. */
export type RunOrder = {
  channel: string
  kind: 'workflow' | 'discovery' | 'connection_test' | 'data_provider'
  name: string
  executionId: string
  organization: { id: string; name: string; domains: string[]; tenantId: string | null } | null
  caller: { type: string; id: string; name: string }
  input: JsonObject
}

export type ToRunner =
  | { type: 'load'; workspace: string; exclude: { file: string; reason: string }[] }
  | ({ type: 'run' } & RunOrder)
  /** The answer to an `ask` or a `step`, by its number. */
  | { type: 'answer'; channel: string; number: number; outcome: ChannelOutcome }
  /** Run the closure of a step, or of a request for a step that was not recorded. */
  | { type: 'perform'; channel: string; number: number; attempt: number; idempotencyKey: string }
  | { type: 'abort'; channel: string; reason: 'timeout' | 'cancelled' | 'shutdown' }
  | { type: 'ping'; number: number }

export type ToHost =
  /** Sent before each file, so that one that never finishes loading is known. */
  | { type: 'loading'; file: string }
  | { type: 'loaded'; definitions: PublishedDefinition[]; problems: DefinitionProblem[]; codeVersion: string }
  | { type: 'ask'; channel: string; number: number; request: string; args: unknown }
  | { type: 'step'; channel: string; number: number; name: string; fingerprint: string; retry?: RetryOptions | undefined }
  | {
      type: 'performed'
      channel: string
      number: number
      attempt: number
      outcome: ChannelOutcome /** False where the value is not plain data and so cannot be recorded. */
      isPlain: boolean
    }
  | { type: 'log'; channel: string; level: 'debug' | 'info' | 'warn' | 'error'; message: string; data?: unknown }
  | { type: 'progress'; channel: string; done: number; total?: number | undefined; message?: string | undefined }
  | { type: 'ended'; channel: string; outcome: ChannelOutcome }
  | { type: 'pong'; number: number }

/** What a runner found in the workspace, as plain data: JSON Schemas instead of zod, no code. */
export type PublishedDefinition =
  | {
      kind: 'integration'
      name: string
      file: string
      displayName: string
      description: string
      supportsOrgMapping: boolean
      supportsDiscovery: boolean
      sharedExternalOrgs: boolean
      mappingDataSchema: JsonObject
      secrets: { key: string; label: string; required: boolean; description: string | null }[]
      config: { key: string; label: string; required: boolean; description: string | null }[]
      discoveryCacheSeconds: number
      discoveryTimeoutMs: number
      testTimeoutMs: number
    }
  | {
      kind: 'workflow'
      name: string
      file: string
      description: string
      category: string
      tags: string[]
      parametersSchema: JsonObject
      timeoutMs: number
      schedule: JsonObject | null
      /** Executions that run at once, for one organization and in all; null where it has no limit of its own. */
      concurrency: { perOrganization: number | null; total: number | null } | null
    }
  | {
      kind: 'data_provider'
      name: string
      file: string
      description: string
      category: string
      parametersSchema: JsonObject
      cacheSeconds: number
      timeoutMs: number
    }

/** Why something of the workspace is not there: a file that does not load, a name that is taken, a schema that cannot be published. */
export type DefinitionProblem = {
  kind: 'integration' | 'workflow' | 'data_provider'
  file: string
  reason: string
  /** True where all that the file defines is published in spite of it. */
  isWarning?: boolean
}
