import {
  type ApprovalAnswer,
  type ApprovalRequest,
  type Context,
  configValue,
  type ErrorData,
  fromErrorData,
  type HttpOptions,
  type IntegrationClass,
  type IntegrationContext,
  integrationNotFound,
  type JsonObject,
  type JsonValue,
  type MappingDraft,
  type MappingProblem,
  type OrganizationMapping,
  parseMappingData,
  type RetryOptions,
  type SavedMapping,
  ValidationError,
} from '@crosswalk/sdk'
import { requiredAnswer } from '@crosswalk/sdk/approval'
import { OpenSteps, openStepsKey } from '@crosswalk/sdk/awaited-steps'
import {
  checkApproval,
  checkKey,
  checkLevel,
  checkProblems,
  checkProgress,
  checkSleep,
  checkStep,
  integrationNameOf,
} from '@crosswalk/sdk/context-arguments'
import { fingerprintOf } from '@crosswalk/sdk/fingerprint'
import { parsedParametersKey } from '@crosswalk/sdk/parsed-parameters'
import { notJsonProblem, toPlainJson } from '@crosswalk/sdk/plain-json'
import { recordClient } from '@crosswalk/sdk/recorded-client'
import { recordedHttp } from '@crosswalk/sdk/recorded-http'
import type { Catalogue } from './catalogue.ts'
import { httpOf } from './http.ts'
import { noteIntegration, ofIntegration, runningIntegration } from './integration-failures.ts'
import type { Session } from './session.ts'

/** An error of the host as the author's code sees it: of its class where it has one, with its code in any case. */
export function reviveError(error: ErrorData): Error {
  const revived = fromErrorData(error)
  const { integration_name: integrationName } = error.details
  if (typeof integrationName === 'string') noteIntegration(revived, integrationName)
  return revived
}

/** A saved mapping of the host, its data parsed by the integration's schema where the class is known here. */
function mappingOf(catalogue: Catalogue, value: unknown): SavedMapping {
  const mapping = value as SavedMapping // the host's own answer
  return { ...mapping, mappingData: parsedData(catalogue, mapping) }
}

/** @throws validation_failed when stored data no longer fits the schema. */
export function parsedData(catalogue: Catalogue, mapping: OrganizationMapping): JsonObject {
  const integration = catalogue.integrations.get(mapping.integrationName)
  return integration ? parseMappingData(integration, mapping.mappingData) : mapping.mappingData
}

/** The draft as it is kept: what JSON would change without a word is refused. @throws validation_failed */
function plainDraft(draft: MappingDraft): MappingDraft {
  if (draft.mappingData === undefined) return draft
  const made = toPlainJson(draft.mappingData)
  if ('json' in made) return { ...draft, mappingData: made.json as JsonObject } // the host refuses what is no object
  const problem = notJsonProblem(made.problem)
  throw new ValidationError(`The mapping is not valid: mapping_data ${problem}.`, { mapping_data: [problem] })
}

/** After so many lines the author's code waits until those before them are kept, so that a loop that logs does not fill memory. */
const linesAhead = 500

/** What every kind of execution gets. */
export function integrationContextOf(session: Session): IntegrationContext {
  const { order } = session
  let lines = 0
  let keeping: Promise<unknown> | undefined
  return Object.freeze({
    org:
      order.organization === null
        ? null
        : Object.freeze({
            ...order.organization,
            domains: Object.freeze([...order.organization.domains]),
            fields: Object.freeze({ ...order.organization.fields }),
          }),
    caller: Object.freeze({ ...order.caller }) as IntegrationContext['caller'],
    executionId: order.executionId,
    ...(order.kind === 'workflow' ? { workflowName: order.name } : {}),
    signal: session.abort.signal,
    idempotencyKey: (part?: string) => session.scopes.idempotencyKey(part),
    async getSecret(key: string) {
      checkKey('secret', key)
      const integration = runningIntegration()
      return (await session.ask('getSecret', integration === undefined ? { key } : { key, integration })) as string
    },
    async getConfig(key: string, fallback?: JsonValue) {
      checkKey('config value', key)
      const stored = (await session.ask('getConfig', { key })) as { value: JsonValue } | null
      return configValue(key, stored?.value, fallback as never)
    },
    http: httpOf(session),
    async log(level: 'debug' | 'info' | 'warn' | 'error', message: string, data?: JsonObject) {
      checkLevel(level)
      session.log(level, message, data)
      if (++lines % linesAhead !== 0) return
      // These are written while the code continues with the next.
      const before = keeping
      keeping = session.ask('keepLines', null)
      keeping.catch(() => {})
      await before
    },
  }) as IntegrationContext // the overloads of getConfig say more than one implementation can
}

/**
 * What workflows and data providers get: the same, and everything that is done for one organization.
 *
 * @param ordered the definition that the execution is of: the host is told what it is called with, the first time
 */
export function contextOf(session: Session, catalogue: Catalogue, ordered?: object): Context {
  let isStarted = false
  const tellParsed = (definition: object, parameters: unknown) => {
    if (definition !== ordered || isStarted) return
    isStarted = true
    session.started(parameters)
  }
  const base = integrationContextOf(session)
  const openSteps = new OpenSteps()
  const classOf = (integration: string | IntegrationClass): IntegrationClass => {
    const integrationName = integrationNameOf(integration)
    const found = catalogue.integrations.get(integrationName)
    // A class that is imported and was not published does not load: its limits, such as its hosts, would not hold.
    if (!found) throw integrationNotFound({ integrationName, available: [...catalogue.integrations.keys()] })
    return typeof integration === 'string' ? found : integration
  }
  const setMapping = async (given: MappingDraft) => {
    const draft = plainDraft(given)
    const integration = catalogue.integrations.get(draft.integrationName)
    // What only the author's own schema can tell is told before anything is stored.
    if (integration && draft.mappingData) parseMappingData(integration, draft.mappingData)
    return mappingOf(catalogue, await session.change('setIntegrationMapping', draft, fingerprintOf(draft)))
  }
  const deleteMapping = async (name: string, mappingId: string) =>
    void (await session.change('deleteIntegrationMapping', { name, mappingId }, fingerprintOf([name, mappingId])))
  const reportHealth = async (mappingId: string, problems: readonly MappingProblem[]) => {
    checkProblems(problems)
    await session.change('reportMappingHealth', { mappingId, problems }, fingerprintOf([mappingId, problems]))
  }
  const step = async (name: string, run: (step: never) => unknown, retry?: RetryOptions) => {
    checkStep(name, run, retry)
    return session.step(name, '', retry, run as (step: unknown) => unknown)
  }
  const sleep = async (ms: number) => {
    checkSleep(ms)
    await session.sleep(ms)
  }
  const approve = async (request: ApprovalRequest) => {
    checkApproval(request)
    const { required: _, ...asked } = request
    const answer = (await session.ask('approve', asked)) as ApprovalAnswer // the host's own answer
    return requiredAnswer(request, answer)
  }
  const recordedClient = (options: HttpOptions) =>
    recordedHttp(base.http(options), (name, fingerprint, args, perform) =>
      openSteps.watch(name, session.step(name, fingerprint, undefined, perform, args)),
    )
  const context = {
    ...base,
    ...(session.order.kind === 'workflow' ? { http: recordedClient } : {}),
    [openStepsKey]: openSteps,
    [parsedParametersKey]: tellParsed,
    async getIntegrationMapping(integration: string | IntegrationClass, choice: { mappingId?: string } = {}) {
      return mappingOf(
        catalogue,
        await session.ask('getIntegrationMapping', { name: integrationNameOf(integration), mappingId: choice.mappingId }),
      )
    },
    async getOrgMappings(integration: string | IntegrationClass) {
      const mappings = (await session.ask('getOrgMappings', { name: integrationNameOf(integration) })) as unknown[]
      return mappings.map((mapping) => mappingOf(catalogue, mapping))
    },
    setIntegrationMapping: (draft: MappingDraft) => openSteps.watch('setIntegrationMapping', setMapping(draft)),
    deleteIntegrationMapping: (name: string, mappingId: string) =>
      openSteps.watch('deleteIntegrationMapping', deleteMapping(name, mappingId)),
    reportMappingHealth: (mappingId: string, problems: readonly MappingProblem[]) =>
      openSteps.watch('reportMappingHealth', reportHealth(mappingId, problems)),
    async getIntegration(integration: string | IntegrationClass, choice: { mappingId?: string } = {}) {
      const Integration = classOf(integration)
      const mapping = await context.getIntegrationMapping(integration, choice)
      const { integrationName } = Integration
      // Its methods are the steps, and their calls a part of them.
      const ofClient = { ...context, http: base.http } as unknown as Context
      const client: unknown = await session.during(() =>
        ofIntegration(integrationName, () => session.vendorWaits.within(() => new Integration(ofClient).getClient(mapping))),
      )
      return recordClient(client, {
        name: integrationName,
        unrecorded: Integration.unrecorded,
        recorded: Integration.recorded,
        retry: Integration.retry,
        methodRetry: Integration.methodRetry,
        // The mapping is part of the mark: the same call for another external organization is another step.
        step: (name, args, perform, retry) =>
          openSteps.watch(
            name,
            session.step(
              name,
              fingerprintOf([mapping.id, mapping.externalOrgId, ...args]),
              retry,
              () => ofIntegration(integrationName, perform),
              args,
            ),
          ),
      })
    },
    getIntegrationClass: (name: string) => classOf(name),
    step: (name: string, run: (step: never) => unknown, retry?: RetryOptions) => openSteps.watch(name, step(name, run, retry)),
    approve: (request: ApprovalRequest) => openSteps.watch('approve', approve(request)),
    sleep: (ms: number) => openSteps.watch('sleep', sleep(ms), false),
    async progress(done: number, total?: number, message?: string) {
      checkProgress(done, total)
      session.progress(done, total, message)
    },
  }
  return Object.freeze(context) as unknown as Context // typed by the SDK's overloads, which one object literal cannot repeat
}
