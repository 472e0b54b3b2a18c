import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { type ApprovalAnswer, type ApprovalRequest, requiredAnswer } from '../approval.ts'
import { OpenSteps, openStepsKey } from '../awaited-steps.ts'
import { configValue } from '../config-value.ts'
import type { Context } from '../context.ts'
import {
  checkApproval,
  checkKey,
  checkLevel,
  checkProblems,
  checkProgress,
  checkSleep,
  checkStep,
  integrationNameOf,
} from '../context-arguments.ts'
import { checkName } from '../definition-checks.ts'
import { integrationNotFound, secretNotFound } from '../error-messages.ts'
import { ValidationError } from '../errors.ts'
import { tellFetchFailures } from '../fetch-failures.ts'
import { fingerprintOf } from '../fingerprint.ts'
import type { HttpOptions } from '../http-client/options.ts'
import { recordedHttp } from '../http-client/recorded-http.ts'
import { type IntegrationClass, isIntegrationClass } from '../integration.ts'
import type { Caller, LogLevel, Organization } from '../integration-context.ts'
import { parseMappingData } from '../integration-definition.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { MappingProblem, SavedMapping } from '../mapping.ts'
import { closedFieldsKey } from '../offered-parameters.ts'
import { recordClient } from '../recorded-client.ts'
import { runningWorkflowKey, type WithinWorkflow } from '../running-workflow.ts'
import { StepScopes } from '../step-scope.ts'
import { memoryHttp } from './memory-http.ts'
import { mockAnswer } from './mock-approvals.ts'
import { requireOffered } from './mock-closed-fields.ts'
import type { MockContext, MockContextOptions } from './mock-context-options.ts'
import { type CrashPoint, MockLife } from './mock-life.ts'
import { MockMappings } from './mock-mappings.ts'
import { MockReads } from './mock-reads.ts'
import { MockSteps, nextTurn } from './mock-steps.ts'

// A test of author code meets the sentences that an execution has. Here and not in each context: what a test puts in place of `fetch` stays.
tellFetchFailures()

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
  const world = worldOf(options)
  const signal = options.signal ?? new AbortController().signal
  const { logs, steps, progressReports, sleeps, healthReports, approvals, waits, mappings } = world
  const recorded = { logs, steps: steps.records, progressReports, sleeps, healthReports, approvals, waits }
  const replayAfterCrash = async <Result>(run: (ctx: Context) => Promise<Result> | Result, at: CrashPoint): Promise<Result> => {
    if (!Number.isSafeInteger(at.step) || at.step < 1) throw new TypeError(`A crash needs a step of 1 or more; got ${at.step}.`)
    const death = new AbortController()
    const crashed = Promise.withResolvers<'crashed'>()
    const onCrash = () => {
      steps.cutOff()
      crashed.resolve('crashed')
      death.abort(new DOMException('The process of this execution was lost.', 'AbortError'))
    }
    const first = new MockLife(undefined, { ...at, onCrash })
    const running = Promise.resolve(run(contextIn(world, first, AbortSignal.any([signal, death.signal]))))
    if ((await Promise.race([crashed.promise, running.then(() => 'ended' as const)])) === 'ended')
      throw new Error(`The code ended after ${first.begun} ${first.begun === 1 ? 'step' : 'steps'}, and did not come to step ${at.step}.`)
    running.catch(() => {})
    return await run(contextIn(world, new MockLife(first.recorded), signal))
  }
  // Descriptors, because a spread would read these once and for all.
  const context = Object.defineProperties(
    { ...contextIn(world, new MockLife(), signal), ...recorded, replayAfterCrash },
    { mappings: { get: () => mappings.all(), enumerable: true }, workflowName: world.workflowName },
  ) as unknown as MockContext // Context's own signatures say what the methods return for names and for classes
  return Object.freeze(context)
}

/** What is there for every run of the code. */
function worldOf(options: MockContextOptions) {
  const named = { id: randomUUID(), name: 'Acme', domains: [], tenantId: null, fields: {}, ...options.org }
  const org: Organization = Object.freeze({
    ...named,
    domains: Object.freeze([...named.domains]),
    fields: Object.freeze({ ...named.fields }),
  })
  const executionId = options.executionId ?? randomUUID()
  const caller: Caller = Object.freeze({ ...(options.caller ?? { type: 'person', id: randomUUID(), name: 'Test' }) })
  const classes = classesByName(options.integrations ?? [])
  // Also what the code reads itself, and may send in any place.
  for (const given of [options.secrets, options.organizationSecrets, options.connections])
    for (const value of Object.values(given ?? {})) options.vendor?.keepOut(value)
  const logs: MockContext['logs'] = []
  const progressReports: MockContext['progressReports'] = []
  const sleeps: number[] = []
  const healthReports: MockContext['healthReports'] = []
  const approvals: { asked: ApprovalRequest; answer: ApprovalAnswer }[] = []
  const waits: number[] = []
  const wait = async (ms: number) => {
    waits.push(ms)
    await (options.wait?.(ms) ?? options.vendor?.wait(ms))
  }
  const running = new AsyncLocalStorage<string>()
  const workflowName = { get: () => running.getStore() ?? options.workflowName, enumerable: true }
  // Of a workflow that calls another one's function the outer one is the execution's.
  const withinWorkflow: WithinWorkflow = (name, run) => (running.getStore() === undefined ? running.run(name, run) : run())
  const scopes = new StepScopes()
  const warn = (message: string) => void logs.push({ level: 'warn', message })
  const steps = new MockSteps({ executionId, scopes, wait, warn, random: options.random ?? (() => 1) })
  const reads = new MockReads({ classes, config: options.config ?? {} })
  const mappings = new MockMappings(org, options.mappings ?? [], classes, reads)
  return {
    options,
    org,
    executionId,
    workflowName,
    withinWorkflow,
    wait,
    caller,
    classes,
    reads,
    mappings,
    logs,
    progressReports,
    sleeps,
    healthReports,
    approvals,
    waits,
    scopes,
    steps,
    written: 0,
  }
}

type World = ReturnType<typeof worldOf>

/** The context of one run of the code. */
function contextIn(world: World, life: MockLife, signal: AbortSignal): Context {
  const { options, org, classes, reads, mappings, scopes, steps } = world
  const openSteps = new OpenSteps()
  let logged = 0
  const goOn = async () => {
    await life.unlessOver()
    signal.throwIfAborted()
  }
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
  const change = <Result>(name: string, args: unknown, perform: () => Result) => {
    const changed = async () => {
      await goOn()
      const result = perform()
      await nextTurn()
      await life.unlessOver()
      return result
    }
    const scope = scopes.current
    return openSteps.watch(name, scope ? scopes.call(scope, { name, fingerprint: fingerprintOf(args) }, changed) : changed())
  }
  const checkedStep = async (name: string, run: Parameters<Context['step']>[1], retry?: Parameters<Context['step']>[2]) => {
    checkStep(name, run, retry)
    return await steps.run(life, signal, { name, args: [], fingerprint: '', retry }, run)
  }
  const sleep = async (ms: number) => {
    await goOn()
    checkSleep(ms)
    world.sleeps.push(ms)
    await nextTurn()
    await life.unlessOver()
  }

  const approve = async (given: ApprovalRequest) => {
    await goOn()
    checkApproval(given)
    if (scopes.current)
      throw new ValidationError('approve may wait for days, and a step cannot: call it before or after the step.', {
        approve: ['is called within a step'],
      })
    const { required: _, ...asked } = given
    const answer = await steps.run(
      life,
      signal,
      { name: 'approve', args: [asked], fingerprint: fingerprintOf(asked), retry: undefined },
      () => {
        const made = mockAnswer(options.approvals, asked)
        world.approvals.push({ asked, answer: made })
        return made
      },
    )
    return requiredAnswer(given, answer)
  }

  const readSecret = async (key: string) => {
    await goOn()
    checkKey('secret', key)
    const own = ownMember(options.organizationSecrets, key)
    const value = own ?? ownMember(options.secrets, key)
    if (value === undefined) throw secretNotFound({ key, org })
    reads.secret(key, value, own === undefined)
    return value
  }
  const secretReader = (asking?: IntegrationClass) => async (key: string) => {
    checkKey('secret', key)
    reads.requireReadable(key, asking)
    return await readSecret(key)
  }
  const getConfig = async (key: string, fallback?: JsonValue) => {
    await goOn()
    checkKey('config value', key)
    const stored = ownMember(options.config, key)
    return fallback === undefined ? configValue(key, stored, undefined) : configValue(key, stored, fallback)
  }
  const http = memoryHttp({
    signal,
    idempotencyKey: () => scopes.idempotencyKey(),
    secret: readSecret,
    config: getConfig,
    connections: options.connections ?? {},
    vendor: options.vendor,
    wait: world.wait,
    waitForBudget: async (ms) => await (options.wait?.(ms) ?? options.vendor?.wait(ms)),
    warn: (message) => void world.logs.push({ level: 'warn', message }),
    random: options.random ?? (() => 1),
  })

  const methods = {
    idempotencyKey: (part?: string) => scopes.idempotencyKey(part),
    getSecret: secretReader(),
    getConfig,
    http: (given: HttpOptions) =>
      recordedHttp(http(given), (name, fingerprint, args, run) =>
        openSteps.watch(name, steps.run(life, signal, { name, args, fingerprint, retry: undefined }, run)),
      ),
    async log(level: LogLevel, message: string, data?: JsonObject) {
      checkLevel(level)
      if (life.isOver) return
      // What was logged before a crash is not written again; what a step logs is logged each time that it runs.
      if (!scopes.current && logged++ < world.written) return
      if (!scopes.current) world.written++
      world.logs.push({ level, message, ...(data === undefined ? {} : { data }) })
    },
    async getIntegrationMapping(ref: string | IntegrationClass, choice?: { mappingId?: string | undefined }) {
      await goOn()
      const mapping = mappings.get(integrationNameOf(ref), choice?.mappingId)
      reads.mappings([mapping])
      return typed(ref, mapping)
    },
    async getOrgMappings(ref: string | IntegrationClass) {
      await goOn()
      const listed = mappings.list(integrationNameOf(ref))
      reads.mappings(listed)
      return listed.map((mapping) => typed(ref, mapping))
    },
    setIntegrationMapping: (draft: Parameters<Context['setIntegrationMapping']>[0]) =>
      change('setIntegrationMapping', draft, () => typed(draft.integrationName, mappings.set(draft))),
    deleteIntegrationMapping: (integrationName: string, mappingId: string) =>
      change('deleteIntegrationMapping', [integrationName, mappingId], () => mappings.delete(integrationName, mappingId)),
    reportMappingHealth: (mappingId: string, problems: readonly MappingProblem[]) =>
      change('reportMappingHealth', [mappingId, problems], () => {
        checkProblems(problems)
        mappings.requireActive(mappingId)
        world.healthReports.push({ mappingId, problems })
      }),
    async getIntegration(ref: string | IntegrationClass, choice?: { mappingId?: string | undefined }) {
      const integration = classOf(ref)
      const mapping = await methods.getIntegrationMapping(integration, choice)
      // Its methods are the steps, and their calls a part of them.
      const client = await new integration({ ...context, http, getSecret: secretReader(integration) } as Context).getClient(mapping)
      return recordClient(client, {
        name: integration.integrationName,
        unrecorded: integration.unrecorded,
        recorded: integration.recorded,
        retry: integration.retry,
        methodRetry: integration.methodRetry,
        step: (name, args, run, retry) => {
          const fingerprint = fingerprintOf([mapping.id, mapping.externalOrgId, ...args])
          return openSteps.watch(name, steps.run(life, signal, { name, args, fingerprint, retry }, run))
        },
      })
    },
    getIntegrationClass: classOf,
    step: (name: string, run: Parameters<Context['step']>[1], retry?: Parameters<Context['step']>[2]) =>
      openSteps.watch(name, checkedStep(name, run, retry)),
    approve: (request: ApprovalRequest) => openSteps.watch('approve', approve(request)),
    sleep: (ms: number) => openSteps.watch('sleep', sleep(ms), false),
    async progress(done: number, total?: number, message?: string) {
      if (life.isOver) return
      checkProgress(done, total)
      world.progressReports.push({ done, ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message }) })
    },
  }

  const { dataProviders } = options
  const closedFields = dataProviders && {
    [closedFieldsKey]: (definition: Parameters<typeof requireOffered>[2], parameters: JsonObject) =>
      requireOffered(context, dataProviders, definition, parameters),
  }
  const facts = {
    org,
    caller: world.caller,
    executionId: world.executionId,
    signal,
    [openStepsKey]: openSteps,
    [runningWorkflowKey]: world.withinWorkflow,
    ...closedFields,
  }
  // The methods above take names and classes alike; what they return for each is said by Context's own signatures.
  const made = Object.defineProperty({ ...facts, ...methods }, 'workflowName', world.workflowName)
  const context: Context = Object.freeze(made) as unknown as Context
  return context
}

function ownMember<Value>(record: Record<string, Value> | undefined, name: string): Value | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}

function classesByName(integrations: readonly IntegrationClass[]): Map<string, IntegrationClass> {
  for (const integration of integrations) checkName('integration', integration.integrationName)
  return new Map(integrations.map((integration) => [integration.integrationName, integration]))
}
