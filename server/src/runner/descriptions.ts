import {
  type DataProvider,
  definitionInvalid,
  describeIntegration,
  type IntegrationClass,
  type OrganizationSelection,
  type Workflow,
} from '@crosswalk/sdk'
import { publishingProblem } from '@crosswalk/sdk/definition-checks'
import { formSchemaOf } from '@crosswalk/sdk/schema-metadata'
import { z } from 'zod'
import type { PublishedDefinition } from '../protocol/channel.ts'
import type { JsonObject } from '../protocol/json.ts'

/** What a definition that says nothing else gets. In milliseconds. */
export const defaultTimeoutsMs = { workflow: 30 * 60_000, discovery: 5 * 60_000, test: 30_000, dataProvider: 30_000 }

/** @throws TypeError naming what cannot be made into a form, for instance a date or a transformation on the way in. */
function publishSchema(schema: z.ZodType, what: string): JsonObject {
  let made: JsonObject
  try {
    made = formSchemaOf(schema) as JsonObject // zod's own type is of the draft's keywords
  } catch (cause) {
    const { message } = cause as Error
    const advice = 'Take what JSON has, such as z.iso.date() for a date, and turn it into what you need in the function.'
    throw definitionInvalid(`${what} cannot be published as a JSON Schema: ${message}. ${advice}`, { cause })
  }
  const problem = publishingProblem(made)
  if (problem !== undefined) throw definitionInvalid(`${what} cannot be published: its JSON Schema ${problem}.`)
  return made
}

/** An integration as it is published. @throws TypeError naming what is wrong with the class. */
export function publishIntegration(integration: IntegrationClass, file: string): Extract<PublishedDefinition, { kind: 'integration' }> {
  const definition = describeIntegration(integration)
  const { name, displayName, description, supportsOrgMapping, supportsDiscovery, hosts, credentials, sharedExternalOrgs } = definition
  const { discoveryCacheSeconds, timeoutsMs } = definition
  return {
    kind: 'integration',
    name,
    file,
    displayName,
    description,
    supportsOrgMapping,
    supportsDiscovery,
    hosts: hosts === null ? null : [...hosts],
    credentials,
    connections: [...definition.connections],
    sharedExternalOrgs,
    mappingDataSchema: publishSchema(definition.mappingData ?? z.looseObject({}), `The mapping data of ${name}`),
    secrets: [...definition.secrets],
    config: [...definition.config],
    discoveryCacheSeconds,
    discoveryTimeoutMs: timeoutsMs.discovery ?? defaultTimeoutsMs.discovery,
    testTimeoutMs: timeoutsMs.test ?? defaultTimeoutsMs.test,
  }
}

function plainSelection(organizations: OrganizationSelection): string | string[] {
  return typeof organizations === 'string' ? organizations : [...organizations]
}

/** A workflow as it is published. */
export function publishWorkflow({ definition }: Workflow, file: string): Extract<PublishedDefinition, { kind: 'workflow' }> {
  const { name, displayName, description, category, tags, schedule, concurrency, offeredTo } = definition
  return {
    kind: 'workflow',
    name,
    file,
    // Of another copy of the SDK, which may know of neither.
    displayName: displayName ?? null,
    offeredTo: offeredTo ?? null,
    description,
    category,
    tags: [...tags],
    parametersSchema: publishSchema(definition.parameters, `The parameters of ${name}`),
    timeoutMs: definition.timeoutMs ?? defaultTimeoutsMs.workflow,
    deadlineMs: definition.deadlineMs ?? null,
    schedule: schedule ? { ...schedule, organizations: plainSelection(schedule.organizations) } : null,
    concurrency: concurrency ? { perOrganization: concurrency.perOrganization ?? null, total: concurrency.total ?? null } : null,
  }
}

/** A data provider as it is published. */
export function publishDataProvider({ definition }: DataProvider, file: string): Extract<PublishedDefinition, { kind: 'data_provider' }> {
  const { name, description, category, cacheSeconds } = definition
  return {
    kind: 'data_provider',
    name,
    file,
    description,
    category,
    parametersSchema: publishSchema(definition.parameters, `The parameters of ${name}`),
    cacheSeconds,
    timeoutMs: definition.timeoutMs ?? defaultTimeoutsMs.dataProvider,
  }
}
