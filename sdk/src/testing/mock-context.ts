import { randomUUID } from 'node:crypto'
import { OpenSteps, openStepsKey } from '../awaited-steps.ts'
import { configValue } from '../config-value.ts'
import type { Context } from '../context.ts'
import { checkKey, checkProgress, checkSleep, checkStep, integrationNameOf } from '../context-arguments.ts'
import { checkName } from '../definition-checks.ts'
import { integrationNotFound, secretNotFound } from '../error-messages.ts'
import { tellFetchFailures } from '../fetch-failures.ts'
import { type IntegrationClass, isIntegrationClass } from '../integration.ts'
import type { Caller, LogLevel, Organization } from '../integration-context.ts'
import { parseMappingData } from '../integration-definition.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { SavedMapping } from '../mapping.ts'
import { recordClient } from '../recorded-client.ts'
import { type MockMapping, MockMappings } from './mock-mappings.ts'
import { MockSteps, nextTurn, type StepRecord } from './mock-steps.ts'

// A test of author code meets the sentences that an execution has. Here and not in each context: what a test puts in place of `fetch` stays.
tellFetchFailures()

/** What a test may set. Everything has a default. */
export type MockContextOptions = {
  secrets?: Record<string, string>
  config?: Record<string, JsonValue>
  mappings?: readonly MockMapping[]
  /** Default: Acme, with a new UUID and no domains. */
  org?: Partial<Organization>
  caller?: Caller
  /** Classes that can be got by name. When there are any, only their names can be mapped. */
  integrations?: readonly IntegrationClass[]
  /** Abort it to see how a workflow takes its cancellation. */
  signal?: AbortSignal
  executionId?: string
  /** Waits between attempts. Default: does not wait. The waits are in `ctx.waits` either way. */
  wait?: (ms: number) => Promise<void>
  /** From 0 up to 1, for the jitter of waits. Default 1: the longest. */
  random?: () => number
}

/** A full context in memory, and everything that was done with it. Masks nothing: tests see what was written. */
export type MockContext = Context & {
  /** In order. */
  readonly logs: { level: LogLevel; message: string; data?: JsonObject }[]
  /** Of `ctx.step` and of recorded client methods, in the order they began. */
  readonly steps: readonly StepRecord[]
  readonly progressReports: { done: number; total?: number; message?: string }[]
  /** Milliseconds of each `ctx.sleep`, none of which waited. */
  readonly sleeps: number[]
  /** Milliseconds before each further attempt of a step. */
  readonly waits: number[]
  /** All mappings as they are now, deleted ones included. */
  readonly mappings: readonly SavedMapping[]
}

/**
 * Makes a context for testing integrations, workflows and data providers without a server.
 *
 * @example
 * ```ts
 * const ctx = mockContext({ secrets: { myintegration_api_key: 'k' }, integrations: [MyIntegration] })
 * await ctx.setIntegrationMapping({ integrationName: 'myintegration', externalOrgId: '12345' })
 * const result = await syncUsers(ctx)
 * ```
 */
export function mockContext(options: MockContextOptions = {}): MockContext {
  const named = { id: randomUUID(), name: 'Acme', domains: [], tenantId: null, ...options.org }
  const org: Organization = Object.freeze({ ...named, domains: Object.freeze([...named.domains]) })
  const executionId = options.executionId ?? randomUUID()
  const signal = options.signal ?? new AbortController().signal
  const classes = classesByName(options.integrations ?? [])
  const mappings = new MockMappings(org, options.mappings ?? [], classes)
  const openSteps = new OpenSteps()
  const logs: MockContext['logs'] = []
  const progressReports: MockContext['progressReports'] = []
  const sleeps: number[] = []
  const waits: number[] = []
  const wait = async (ms: number) => {
    waits.push(ms)
    await options.wait?.(ms)
  }
  const steps = new MockSteps({ executionId, signal, wait, random: options.random ?? (() => 1) })

  const classOf = (ref: string | IntegrationClass) => {
    const integrationName = integrationNameOf(ref)
    const integration = isIntegrationClass(ref) ? ref : classes.get(integrationName)
    if (!integration) throw integrationNotFound({ integrationName, available: [...classes.keys()] })
    return integration
  }
  const typed = (ref: string | IntegrationClass, mapping: SavedMapping): SavedMapping => {
    const integration = isIntegrationClass(ref) ? ref : classes.get(ref)
    return integration ? { ...mapping, mappingData: parseMappingData(integration, mapping.mappingData) } : mapping
  }

  const change = <Result>(name: string, perform: () => Result) => {
    const changed = async () => {
      signal.throwIfAborted()
      const result = perform()
      await nextTurn()
      return result
    }
    return openSteps.watch(name, changed())
  }
  const checkedStep = async (name: string, run: Parameters<Context['step']>[1], retry?: Parameters<Context['step']>[2]) => {
    checkStep(name, run, retry)
    return await steps.run(name, [], run, retry)
  }
  const sleep = async (ms: number) => {
    signal.throwIfAborted()
    checkSleep(ms)
    sleeps.push(ms)
    await nextTurn()
  }

  const methods = {
    async getSecret(key: string) {
      signal.throwIfAborted()
      checkKey('secret', key)
      const value = Object.hasOwn(options.secrets ?? {}, key) ? options.secrets?.[key] : undefined
      if (value === undefined) throw secretNotFound({ key, org })
      return value
    },
    async getConfig(key: string, fallback?: JsonValue) {
      signal.throwIfAborted()
      checkKey('config value', key)
      const stored = Object.hasOwn(options.config ?? {}, key) ? options.config?.[key] : undefined
      return fallback === undefined ? configValue(key, stored, undefined) : configValue(key, stored, fallback)
    },
    async log(level: LogLevel, message: string, data?: JsonObject) {
      logs.push({ level, message, ...(data === undefined ? {} : { data }) })
    },
    async getIntegrationMapping(ref: string | IntegrationClass, choice?: { mappingId?: string | undefined }) {
      signal.throwIfAborted()
      return typed(ref, mappings.get(integrationNameOf(ref), choice?.mappingId))
    },
    async getOrgMappings(ref: string | IntegrationClass) {
      signal.throwIfAborted()
      return mappings.list(integrationNameOf(ref)).map((mapping) => typed(ref, mapping))
    },
    setIntegrationMapping: (draft: Parameters<Context['setIntegrationMapping']>[0]) =>
      change('setIntegrationMapping', () => typed(draft.integrationName, mappings.set(draft))),
    deleteIntegrationMapping: (integrationName: string, mappingId: string) =>
      change('deleteIntegrationMapping', () => mappings.delete(integrationName, mappingId)),
    async getIntegration(ref: string | IntegrationClass, choice?: { mappingId?: string | undefined }) {
      const integration = classOf(ref)
      const mapping = await methods.getIntegrationMapping(integration, choice)
      const client = await new integration(context).getClient(mapping)
      return recordClient(client, {
        name: integration.integrationName,
        unrecorded: integration.unrecorded,
        recorded: integration.recorded,
        step: (name, args, run) => openSteps.watch(name, steps.run(name, args, run, undefined)),
      })
    },
    getIntegrationClass: classOf,
    step: (name: string, run: Parameters<Context['step']>[1], retry?: Parameters<Context['step']>[2]) =>
      openSteps.watch(name, checkedStep(name, run, retry)),
    sleep: (ms: number) => openSteps.watch('sleep', sleep(ms), false),
    async progress(done: number, total?: number, message?: string) {
      checkProgress(done, total)
      progressReports.push({ done, ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message }) })
    },
  }

  const caller: Caller = Object.freeze({ ...(options.caller ?? { type: 'person', id: randomUUID(), name: 'Test' }) })
  const facts = { org, caller, executionId, signal, [openStepsKey]: openSteps }
  const recorded = { logs, steps: steps.records, progressReports, sleeps, waits }
  // The methods above take names and classes alike; what they return for each is said by Context's own signatures.
  const context = Object.defineProperty({ ...facts, ...methods, ...recorded }, 'mappings', {
    get: () => mappings.all(),
    enumerable: true,
  }) as unknown as MockContext
  return Object.freeze(context)
}

function classesByName(integrations: readonly IntegrationClass[]): Map<string, IntegrationClass> {
  for (const integration of integrations) checkName('integration', integration.integrationName)
  return new Map(integrations.map((integration) => [integration.integrationName, integration]))
}
