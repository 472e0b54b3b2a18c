import { z } from 'zod'
import { requireCallerMay } from '../access/callers.ts'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { findDefinition, holdDefinition, requireLoaded } from '../definitions/definitions.ts'
import { defineRequest, type EndHandler, type HostRequest, type RequestContext } from '../engine/state/requests.ts'
import { findTaggedOrganizations, organizationError } from '../organizations/organizations.ts'
import { inScope } from '../platform/database/database.ts'
import { platformError } from '../platform/errors.ts'
import { wireId } from '../platform/http/text.ts'
import { executionKinds, kinds } from '../protocol/kinds.ts'
import { admitMappings } from './addresses.ts'
import type { MappingProblem } from './mapping.ts'
import { mappingError, mappingFields } from './mapping-rules.ts'
import { setMapping } from './mapping-setting.ts'
import { auditTarget } from './mapping-writing.ts'
import { updateHealth, updateNotTested, updateTestResult } from './mappings.queries.ts'
import { deleteMapping, getMapping, type Mapping } from './mappings.ts'
import { type AuthorMapping, listActiveMappings, resolveMapping } from './resolution/mapping-resolution.ts'
import { connectionTest } from './tests/connection-test-kind.ts'
import { connectionTestOf } from './tests/connection-tests.ts'

/** Author code asks without saying for whom: that is the execution's organization, and no other. */
function organizationOf({ execution }: RequestContext): string {
  if (execution.organizationId !== null) return execution.organizationId
  throw organizationError('organization_not_found', {}, 'This execution acts for no organization, so it has no mappings.')
}

function actingOf({ execution }: RequestContext): Acting {
  return { actor: { type: 'execution', id: execution.id, name: execution.name }, requestId: null }
}

/** Author code changes mappings as far as the one who started it may. @throws forbidden */
async function requireMayWrite(context: RequestContext, integration: string): Promise<string> {
  const { db, execution } = context
  const organizationId = organizationOf(context)
  const findTagged = (tags: readonly string[]) => findTaggedOrganizations(db, tags)
  await requireCallerMay({ db, findTagged }, execution.caller, 'canManageMappings', organizationId, { integration })
  return organizationId
}

function authorMappingOf({ id, integrationName, externalOrgId, externalOrgName, mappingData, isActive }: Mapping): AuthorMapping {
  return { id, integrationName, externalOrgId, externalOrgName, mappingData, isActive }
}

/** A client is made for a mapping, and of what is switched off there is none. @throws integration_switched_off */
async function requireOn({ db }: RequestContext, integrationName: string): Promise<void> {
  const integration = await findDefinition(db, 'integration', integrationName)
  if (integration?.switchedOffSince) requireLoaded(integration)
}

const draftArgs = z.object({
  integrationName: z.string(),
  externalOrgId: z.unknown().optional(),
  externalOrgName: z.unknown().optional(),
  mappingData: z.unknown().optional(),
  mappingId: z.string().optional(),
})
const draftFields = z.object({
  integration_name: mappingFields.integration_name,
  external_org_id: mappingFields.external_org_id,
  external_org_name: mappingFields.external_org_name.nullish(),
  mapping_data: mappingFields.mapping_data.nullish(),
})

/** The rules of the HTTP API hold for author code too. @throws validation_failed */
function parseDraft(args: z.output<typeof draftArgs>): z.output<typeof draftFields> {
  const parsed = draftFields.safeParse({
    integration_name: args.integrationName,
    external_org_id: args.externalOrgId,
    external_org_name: args.externalOrgName,
    mapping_data: args.mappingData,
  })
  if (parsed.success) return parsed.data
  const details: Record<string, string[]> = {}
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.')
    details[field] = [...(details[field] ?? []), issue.message]
  }
  const sentences = Object.entries(details).map(([field, messages]) => `${field} ${messages.join('; ')}`)
  throw platformError('validation_failed', details, `The mapping is not valid: ${sentences.join('. ')}.`)
}

const healthText = z.string().max(1_000)
const healthProblem = z.object({
  problem: healthText.min(1),
  remedy: healthText.nullish(),
  repairUrl: z
    .url({ protocol: /^https?$/ })
    .max(1_000)
    .nullish(),
  code: healthText.nullish(),
  // Pages show it as a time, and nothing that is none.
  dueAt: healthText.refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO time').nullish(),
})

const writingKinds = executionKinds.filter((kind) => kinds[kind].mayWriteMappings)
const wireNames = { externalOrgId: 'external_org_id', externalOrgName: 'external_org_name', mappingData: 'mapping_data' }

export const mappingRequests: HostRequest[] = [
  defineRequest({
    name: 'getIntegrationMapping',
    isRecorded: false,
    args: z.object({ name: z.string(), mappingId: z.string().optional() }),
    async handle(context, { name, mappingId }) {
      await requireOn(context, name)
      const mapping = await resolveMapping(context.db, organizationOf(context), name, mappingId)
      await admitMappings(context, [mapping])
      return mapping
    },
  }),
  defineRequest({
    name: 'getOrgMappings',
    isRecorded: false,
    args: z.object({ name: z.string() }),
    async handle(context, { name }) {
      await requireOn(context, name)
      const mappings = await listActiveMappings(context.db, organizationOf(context), name)
      await admitMappings(context, mappings)
      return mappings
    },
  }),
  defineRequest({
    name: 'setIntegrationMapping',
    kinds: writingKinds,
    isRecorded: true,
    args: draftArgs,
    async handle(context, args) {
      const secretIn = (['externalOrgId', 'externalOrgName', 'mappingData'] as const).find((field) => context.holdsSecret(args[field]))
      if (secretIn !== undefined) throw mappingError('mapping_holds_secret', { field: wireNames[secretIn] })
      const draft = parseDraft(args)
      const mapping = await setMapping(context.db, actingOf(context), await requireMayWrite(context, draft.integration_name), {
        integrationName: draft.integration_name,
        externalOrgId: draft.external_org_id,
        externalOrgName: draft.external_org_name ?? undefined,
        mappingData: draft.mapping_data ?? undefined,
        mappingId: args.mappingId,
      })
      return authorMappingOf(mapping)
    },
  }),
  defineRequest({
    name: 'deleteIntegrationMapping',
    kinds: writingKinds,
    isRecorded: true,
    args: z.object({ name: z.string(), mappingId: z.string() }),
    async handle(context, { name, mappingId }) {
      const organizationId = await requireMayWrite(context, name)
      const id = wireId.safeParse(mappingId)
      const mapping = id.success ? await getMapping(context.db, organizationId, id.data).catch(absentWhereNotFound) : undefined
      if (mapping?.integrationName !== name) {
        const details = { integration_name: name, org_id: organizationId, mapping_id: mappingId }
        throw mappingError(
          'mapping_not_found',
          details,
          `The organization has no mapping with the id '${mappingId}' for the integration '${name}'.`,
        )
      }
      await deleteMapping(context.db, actingOf(context), organizationId, mapping.id)
      return null
    },
  }),
  defineRequest({
    name: 'reportMappingHealth',
    // It changes no mapping, so those who may run the workflow may have it tell what it finds.
    kinds: ['workflow'],
    isRecorded: true,
    args: z.object({ mappingId: z.string(), problems: z.array(healthProblem).max(20) }),
    async handle(context, { mappingId, problems }) {
      const organizationId = organizationOf(context)
      const id = wireId.safeParse(mappingId)
      const kept = context.withoutSecrets(problems.map(keptProblem))
      const isKept =
        id.success &&
        (await inScope(context.db, { organizationId }, (transaction) => updateHealth(transaction, organizationId, id.data, kept)))
      if (!isKept)
        throw mappingError(
          'mapping_not_found',
          { org_id: organizationId, mapping_id: mappingId },
          `The organization has no active mapping with the id '${mappingId}'.`,
        )
      return null
    },
  }),
]

function keptProblem({ problem, remedy, repairUrl, code, dueAt }: z.output<typeof healthProblem>): MappingProblem {
  return { problem, remedy: remedy ?? null, repair_url: repairUrl ?? null, code: code ?? null, due_at: dueAt ?? null }
}

function absentWhereNotFound(error: unknown): undefined {
  if (!mappingError.is(error, 'mapping_not_found')) throw error
}

const testedInput = z.object({
  mapping: z.object({ id: z.string().nullable(), external_org_id: z.string(), mapping_data: mappingFields.mapping_data }),
})

/** Keeps what a test of a saved mapping found, unless it was cancelled or the mapping was changed meanwhile. One that was not made leaves the last result. */
export const connectionTestEnd: EndHandler = {
  kind: connectionTest,
  async onEnd(transaction, execution, outcome) {
    const mapping = testedInput.safeParse(execution.input).data?.mapping
    if (!mapping || mapping.id === null || execution.organizationId === null || outcome.status === 'cancelled') return
    const integration = await holdDefinition(transaction, 'integration', execution.name)
    const result = connectionTestOf({ ...execution, ...outcome }, integration ?? { displayName: execution.name, secrets: [], config: [] })
    const tested = {
      id: mapping.id,
      organizationId: execution.organizationId,
      externalOrgId: mapping.external_org_id,
      mappingData: mapping.mapping_data,
    }
    if (result.details.not_tested !== undefined) return updateNotTested(transaction, tested, result.message)
    const kept = await updateTestResult(transaction, tested, result)
    if (!kept) return
    await recordAudit(
      transaction,
      { actor: execution.caller, requestId: null },
      {
        action: 'integration_mapping.tested',
        organizationId: execution.organizationId,
        target: { ...auditTarget({ ...kept, id: mapping.id }), execution_id: execution.id },
        changes: {
          last_test_success: { before: kept.before_success, after: result.success },
          last_test_result: { before: kept.before_result, after: result.message },
        },
      },
    )
  },
}
