import { type DataProvider, getIntegration, getMapping, getWorkflow, isApiError, listDataProviders } from '@crosswalk/client'
import type { Cli } from './cli.ts'
import type { Schema } from './coercion.ts'

/** Undefined where there is no such thing: what is asked for next says that better. */
async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isApiError(error) && error.status >= 400 && error.status < 500) return undefined
    throw error
  }
}

/** Finds the schema of the parameters of a workflow. */
export function parametersOfWorkflow(cli: Cli, name: string): () => Promise<Schema | undefined> {
  return async () => (await orNone(getWorkflow(name, await cli.call())))?.parameters_schema
}

/** Finds the schema of the parameters of a data provider. */
export function parametersOfDataProvider(cli: Cli, name: string): () => Promise<Schema | undefined> {
  return async () => {
    let found: DataProvider | undefined
    let cursor: string | undefined
    do {
      const page = await orNone(listDataProviders({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, await cli.call()))
      found = page?.data_providers.find((provider) => provider.name === name)
      cursor = page?.next_cursor ?? undefined
    } while (found === undefined && cursor !== undefined)
    return found?.parameters_schema
  }
}

/** Finds the schema of the mapping data of an integration. */
export function dataOfIntegration(cli: Cli, name: string): () => Promise<Schema | undefined> {
  return async () => (await orNone(getIntegration(name, undefined, await cli.call())))?.mapping_data_schema
}

/** The same, of the integration that a mapping is of. */
export function dataOfMapping(cli: Cli, organizationId: string, mappingId: string): () => Promise<Schema | undefined> {
  return async () => {
    const mapping = await orNone(getMapping(organizationId, mappingId, await cli.call()))
    return mapping && dataOfIntegration(cli, mapping.integration_name)()
  }
}
