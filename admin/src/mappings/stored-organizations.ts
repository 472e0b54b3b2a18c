import type { ExternalOrganization, Integration } from '@crosswalk/client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { externalOrganizationsOf } from '../queries/integrations.ts'

/** As many are looked up; of a longer list the rest is without names and holders. */
const maxStored = 20_000

export type StoredOrganizations = ReadonlyMap<string, ExternalOrganization>

/** What discovery has stored by id, as an organization's own credentials see it, with who is mapped to each. Empty where it is not wanted yet. */
export function useStoredOrganizations(integration: Integration, orgId: string, isWanted: boolean): StoredOrganizations {
  const { data } = useQuery({
    ...externalOrganizationsOf(integration.name, orgId, maxStored),
    enabled: isWanted && integration.supports_discovery,
  })
  return useMemo(() => new Map(data?.map((stored) => [stored.id, stored])), [data])
}
