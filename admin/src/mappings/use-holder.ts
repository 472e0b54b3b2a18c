import type { Integration } from '@crosswalk/client'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { mappingsOfAll } from '../queries/mappings.ts'

/** An organization that has an external organization to itself, and the mapping that says so. */
export type Holder = { org_id: string; org_name: string; mapping_id: string }

/** The other organization that is mapped to an external one, as far as one may see it. Undefined where several may share it. */
export function useHolder(integration: Integration, externalOrgId: string, orgId: string): Holder | undefined {
  const [id] = useDebouncedValue(externalOrgId, 200)
  const { data } = useQuery({
    ...mappingsOfAll({ integration_name: integration.name, search: id, limit: 200 }),
    enabled: id.trim() !== '' && !integration.shared_external_orgs,
    retry: false,
  })
  if (integration.shared_external_orgs) return undefined
  const mapping = data?.mappings.find(({ external_org_id, org_id }) => external_org_id === externalOrgId && org_id !== orgId)
  return mapping && { org_id: mapping.org_id, org_name: mapping.org_name, mapping_id: mapping.id }
}
