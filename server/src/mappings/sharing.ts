import type { OnPublished } from '../definitions/definitions.ts'
import { shareMappings, unshareMappings } from './sharing.queries.ts'

/**
 * Carries each integration's sharing into its mappings, where a constraint can hold it. Where one stops sharing its external
 * organizations, mappings that several organizations hold stay valid and are named as a problem.
 */
export const followSharing: OnPublished = async (transaction, definitions) => {
  const integrations = definitions.filter((definition) => definition.kind === 'integration')
  await shareMappings(
    transaction,
    integrations.filter((integration) => integration.sharedExternalOrgs).map((integration) => integration.name),
  )
  const conflicts = await unshareMappings(
    transaction,
    integrations.filter((integration) => !integration.sharedExternalOrgs).map((integration) => integration.name),
  )
  return conflicts.map((conflict) => ({
    kind: 'integration',
    isWarning: true,
    file: integrations.find((integration) => integration.name === conflict.integration_name)?.file ?? conflict.integration_name,
    reason: `${conflict.integration_name} does not share its external organizations any more, but ${conflict.held_by_several} of them are mapped by several organizations. These mappings continue working; deactivate the ones that are wrong.`,
  }))
}
