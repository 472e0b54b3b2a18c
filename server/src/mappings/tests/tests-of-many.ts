import { holdDefinition, type IntegrationDefinition, isUsable } from '../../definitions/definitions.ts'
import type { Submission } from '../../engine/state/executions.ts'
import type { Transaction } from '../../platform/database/database.ts'
import { listTestableMappingRows } from '../mappings.queries.ts'
import { connectionTest } from './connection-test-kind.ts'
import { testInput } from './connection-tests.ts'

/** A test of a saved mapping, to be submitted. Its result is kept on the mapping. */
export type MappingTest = Pick<Submission, 'kind' | 'name' | 'input' | 'timeoutMs'>

/**
 * What testing these mappings takes, by their ids. A mapping is not among them where it or its organization is not active any
 * more, or where nothing of its integration is published, it does not load or is switched off.
 *
 * @param transaction across all organizations
 */
export async function testsOfMappings(transaction: Transaction, ids: readonly string[]): Promise<Map<string, MappingTest>> {
  const rows = await listTestableMappingRows(transaction, ids)
  const integrations = new Map<string, IntegrationDefinition>()
  for (const name of [...new Set(rows.map((row) => row.integration_name))].sort()) {
    const integration = await holdDefinition(transaction, 'integration', name)
    if (integration?.supportsOrgMapping && isUsable(integration)) integrations.set(name, integration)
  }
  return new Map(
    rows.flatMap((row): [string, MappingTest][] => {
      const integration = integrations.get(row.integration_name)
      if (!integration) return []
      const subject = {
        id: row.id,
        externalOrgId: row.external_org_id,
        externalOrgName: row.external_org_name,
        mappingData: row.mapping_data,
      }
      return [[row.id, { kind: connectionTest, name: integration.name, input: testInput(subject), timeoutMs: integration.testTimeoutMs }]]
    }),
  )
}
