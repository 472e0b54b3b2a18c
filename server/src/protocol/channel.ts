import type { DeclaredConnection, ErrorData, RetryOptions } from '@crosswalk/sdk'
import type { JsonObject } from './json.ts'
import type { ExecutionKind } from './kinds.ts'
import type { NetworkOrder } from './network.ts'
import type { ReadyMade } from './ready-made.ts'

/**
 * What travels between a worker and its runner processes, in frames (see `frames.ts`). What is about an execution travels under the key of
 * its session, which is random and known only to the two ends: code of one execution cannot speak for another.
 */

export type ChannelOutcome = { ok: true; value: unknown } | { ok: false; error: ErrorData }

/** What is to be run: which definition, for whom, with what. */
export type RunOrder = {
  kind: ExecutionKind
  name: string
  executionId: string
  organization: {
    id: string
    name: string
    domains: string[]
    tenantId: string | null
    fields: Record<string, string | number | boolean>
  } | null
  caller: { type: string; id: string; name: string }
  input: JsonObject
}

/** About the process, and no session. */
export type ProcessOrder =
  | {
      type: 'load'
      workspace: string
      exclude: { file: string; reason: string }[]
      readyMade?: ReadyMade | null
      /** What another runner found with the same files left out. */
      known?: KnownWorkspace | null
    }
  | ({ type: 'network' } & NetworkOrder)
  | { type: 'ping'; number: number }

/** About the execution whose session it is sent to. */
export type SessionOrder =
  /** Opens the session. `networkPass` says to the gateway whose it is. */
  | ({ type: 'run'; networkPass: string } & RunOrder)
  /** The answer to an `ask` or a `step`, by its number. */
  | { type: 'answer'; number: number; outcome: ChannelOutcome }
  /** Run the closure of a step, or of a request for a step that was not recorded. */
  | { type: 'perform'; number: number; attempt: number; idempotencyKey: string }
  | { type: 'abort'; reason: 'timeout' | 'cancelled' }
  /** Is the code at rest? Answered by `probed`, once all answers before it have been taken. */
  | { type: 'probe' }
  /** The execution continues elsewhere, later: its code is dropped where it stands, and hears nothing. */
  | { type: 'drop' }

export type ProcessMessage =
  /** Sent before each file, so that one that never finishes loading is known. */
  | { type: 'loading'; file: string }
  | {
      type: 'loaded'
      definitions: PublishedDefinition[]
      /** Of each definition, under which name its file exports it. */
      exportNames: string[]
      problems: DefinitionProblem[]
      codeVersion: string
      marks: string
    }
  /** Loaded, and all is as the order said that it is known. */
  | { type: 'unchanged' }
  | { type: 'pong'; number: number }

export type SessionMessage =
  /** The code begins, with its parameters as its schema parsed them, defaults included. */
  | { type: 'started'; parameters: JsonObject }
  /** `isInStep` where a step asks: what it asks for is a part of it, and has no record of its own. */
  | { type: 'ask'; number: number; request: string; args: unknown; isInStep: boolean }
  /** `args`: what a client was called with, for people to see. */
  | { type: 'step'; number: number; name: string; fingerprint: string; retry?: RetryOptions | undefined; args?: unknown }
  | {
      type: 'performed'
      number: number
      attempt: number
      outcome: ChannelOutcome /** False where the value is not plain data and so cannot be recorded. */
      isPlain: boolean
      /** True where the step made calls, each of which was tried again by itself. */
      hasCalls: boolean
    }
  /** What a step does on its way: sent when it begins, and again with how it ended. */
  | ({ type: 'call'; number: number; attempt: number } & CallInStep)
  /** A line of a step is not logged again when the code catches up: its function does not run then. */
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; message: string; data?: unknown; isInStep: boolean }
  /** The code waits for this time because a vendor asked it to: its own time stands still meanwhile. */
  | { type: 'waiting'; ms: number }
  | { type: 'progress'; done: number; total?: number | undefined; message?: string | undefined }
  | { type: 'ended'; outcome: ChannelOutcome }
  | { type: 'probed'; isIdle: boolean }

/** A call within an attempt of a step; counted from 0 within it. */
export type CallInStep = {
  index: number
  name: string
  startedAtMs: number
  /** `error` is null where it succeeded. */
  end: { durationMs: number; error: ErrorData | null } | null
}

/** A workspace that a runner has looked at: the next that finds the same files need not describe what is in them once more. */
export type KnownWorkspace = { marks: string; definitions: KnownDefinition[] }

/**
 * @property exportName under which its file exports it: a file may export others of that name, which were refused
 * @property hasClosedFields whether a value in its form must be one of those that a data provider offers; true where that may be
 */
export type KnownDefinition = Pick<PublishedDefinition, 'kind' | 'name' | 'file'> & { exportName: string; hasClosedFields: boolean }

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
      /** Lower case; null where it may talk to any public host. */
      hosts: string[] | null
      /** Whether its code reads secrets, or names them for `context.http`. */
      credentials: 'named' | 'read'
      /** Connections that people consent to at the vendor. */
      connections?: DeclaredConnection[]
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
      /** What people read in place of the name; null: the name. */
      displayName: string | null
      /** To whom its author offers it as a form, beside those whose grants name it. */
      offeredTo: 'customers' | null
      description: string
      category: string
      tags: string[]
      parametersSchema: JsonObject
      timeoutMs: number
      /** For all of an execution, waits included; null where it has no such limit. */
      deadlineMs: number | null
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
