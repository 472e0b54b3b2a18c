import type { Integration } from '@crosswalk/client'
import { Group, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { paths } from '../paths.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { ConnectButtons } from './connect-buttons.tsx'

/** Connects a mapping of an organization. What is not mapped yet is mapped first: the connection is of the mapping. */
export function MappingConnection({ integration, name }: { integration: Integration; name: string }) {
  const [orgId, setOrgId] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  // Until they are loaded those of the organization before are there.
  const { data, error, isPlaceholderData } = useQuery({ ...mappingsOf(orgId), enabled: orgId !== '' })
  const mappings = data?.filter((mapping) => mapping.org_id === orgId && mapping.integration_name === integration.name && mapping.is_active)
  const mappingId = mappings?.length === 1 ? mappings[0]?.id : mappings?.find(({ id }) => id === chosen)?.id
  const isUnmapped = orgId !== '' && data !== undefined && !isPlaceholderData && mappings?.length === 0
  const reason = orgId === '' ? 'Choose an organization first.' : isUnmapped ? 'Map the organization first.' : 'Choose a mapping first.'
  return (
    <>
      <Group align="flex-end" gap="sm">
        <OrganizationSelect label="Connect a mapping of" value={orgId} onChange={setOrgId} />
        {mappings && mappings.length > 1 && (
          <Select
            label="Mapping"
            placeholder="Choose a mapping"
            data={mappings.map(({ id, external_org_name }) => ({ value: id, label: external_org_name }))}
            value={mappingId ?? null}
            onChange={setChosen}
            maw="100%"
          />
        )}
        <ConnectButtons
          integration={integration}
          name={name}
          whose={{ org_id: orgId || null, mapping_id: mappingId ?? null }}
          isAgain={false}
          reason={mappingId === undefined ? reason : undefined}
        />
      </Group>
      {isUnmapped && (
        <Text size="sm">
          This organization is not mapped in {integration.display_name} yet, and the connection is one for each mapping.{' '}
          <AppLink to={paths.organizationMappings(orgId, { integration: integration.name })}>Map it</AppLink>, save the mapping, and come
          back to connect it.
        </Text>
      )}
      {error && <Text size="sm">{error.message}</Text>}
    </>
  )
}
