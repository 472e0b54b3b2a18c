import type { Integration } from '@crosswalk/client'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../parts/grants/use-may.ts'
import { requirementsOf } from '../parts/value-form/requirements.ts'
import { attentionNeeded } from '../queries/attention.ts'
import { configOf, secretsOf } from '../queries/values.ts'

/** The integrations whose vendor did not accept the global credentials, as they are now, with what it said. */
export function useRefused(integrations: readonly Integration[]): ReadonlyMap<string, string> {
  const failed = useQuery(attentionNeeded).data?.failed_discoveries ?? []
  const secrets = useQuery({ ...secretsOf(null), enabled: useMay('canManageSecrets', null) }).data ?? []
  const config = useQuery({ ...configOf(null), enabled: useMay('canViewConfigValues', null) }).data ?? []
  const refused = failed.filter(({ integration_name, failed_at, failure_kind }) => {
    const integration = integrations.find(({ name }) => name === integration_name)
    if (failure_kind !== 'credentials' || !integration) return false
    const keys = new Set(requirementsOf(integration).map(({ key }) => key))
    // What was set since has not been tried yet.
    return ![...secrets, ...config].some(({ key, updated_at }) => keys.has(key) && updated_at > failed_at)
  })
  return new Map(refused.map(({ integration_name, error }) => [integration_name, error.message]))
}
