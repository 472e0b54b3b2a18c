import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { isReadyMade } from '../protocol/ready-made.ts'
import type { IntegrationDefinition } from './definition-kinds.ts'
import { definitionError, definitionNotFound, holdDefinition } from './definitions.ts'
import { deleteSwitchedOff, insertSwitchedOff } from './switched-off.queries.ts'

/**
 * Switches an integration that comes along on or off, for all organizations and workers, from the next use on. Its mappings and credentials
 * stay as they are.
 *
 * @throws integration_not_found
 * @throws integration_not_ready_made - it is a file of the workspace.
 */
export async function switchIntegration(db: Database, acting: Acting, name: string, isOn: boolean): Promise<IntegrationDefinition> {
  const outcome = await inScope(db, 'allOrganizations', async (transaction) => {
    const integration = await holdDefinition(transaction, 'integration', name)
    if (!integration) return 'unknown'
    if (!isReadyMade(integration)) return 'own'
    const hasChanged = isOn ? await deleteSwitchedOff(transaction, name) : await insertSwitchedOff(transaction, name)
    if (hasChanged) {
      await recordAudit(transaction, acting, {
        action: isOn ? 'integration.switched_on' : 'integration.switched_off',
        organizationId: null,
        target: { type: 'integration', id: name, name: integration.displayName },
        changes: { is_on: { before: !isOn, after: isOn } },
      })
      transaction.tell('definitions.changed', name)
    }
    return (await holdDefinition(transaction, 'integration', name)) ?? integration
  })
  if (outcome === 'unknown') throw await definitionNotFound(db, 'integration', name)
  if (outcome === 'own') throw definitionError('integration_not_ready_made', { integration_name: name })
  return outcome
}
