import type { ExecutionDetail } from '@crosswalk/client'
import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { AppLink } from '../../elements/app-link.tsx'
import { paths } from '../../paths.ts'
import { integrationOf } from '../../queries/integrations.ts'
import { mappingsOf } from '../../queries/mappings.ts'
import { bestMatchesFor } from '../../queries/matches.ts'
import { useGo } from '../../url-state.ts'
import { useMay } from '../grants/use-may.ts'
import { remedyOf } from './remedy-kind.ts'

type RemedyProps = { details: NonNullable<ExecutionDetail['error']>['details']; orgId: string | null; orgName: string | null }

/** The way to what mends a failure, as far as the interface has it. */
export function FailureRemedy({ details, orgId, orgName }: RemedyProps) {
  const { code, failure_kind: failureKind, integration_name: integrationName, mapping_id: mappingId, key } = details
  const remedy = remedyOf({ code, failureKind, integrationName, mappingId })
  const name = typeof integrationName === 'string' ? integrationName : ''
  // What went wrong with a mapping is said of the organization that the workflow asked for.
  const whose = typeof details.org_id === 'string' ? details.org_id : orgId
  const who = whose === orgId ? (orgName ?? 'it') : 'it'
  if (remedy === 'map' && whose !== null) return <MapIt name={name} orgId={whose} orgName={who} />
  if (remedy === 'choose-mapping' && whose !== null) return <ChooseMapping name={name} orgId={whose} ids={details.mapping_ids} />
  if (remedy === 'credentials')
    return (
      <IntegrationLink name={name}>
        {details.connection === undefined ? 'Open the credentials of' : 'Open the connections of'}
      </IntegrationLink>
    )
  if (remedy === 'address') return <IntegrationLink name={name}>Open the config of</IntegrationLink>
  if (remedy !== 'secret') return null
  const query = typeof key === 'string' ? { key } : {}
  return (
    <AppLink to={whose === null ? paths.values(query) : paths.organizationValues(whose, query)} fz="sm">
      Open the secrets{whose !== null && ` of ${who}`}
    </AppLink>
  )
}

function useVendor(name: string): string {
  return useQuery(integrationOf(name)).data?.display_name ?? name
}

/** Maps the organization, with what it is likely to be at the vendor. */
function MapIt({ name, orgId, orgName }: { name: string; orgId: string; orgName: string }) {
  const vendor = useVendor(name)
  const go = useGo()
  // Without a list of the organization's own it is looked up in that of all.
  const may = useMay('canManageMappings', null, { integration: name })
  const [likely] = useQuery({ ...bestMatchesFor(name, orgId, orgName), enabled: may }).data ?? []
  const map = (proposed: { external?: string; called?: string }) =>
    go(paths.organizationMappings(orgId, { mapping: 'new', integration: name, ...proposed }))
  return (
    <Group gap="sm">
      {likely && (
        <Button size="xs" onClick={() => map({ external: likely.external_org_id, called: likely.external_org_name })}>
          Map {orgName} to {likely.external_org_name}
        </Button>
      )}
      <Button size="xs" variant={likely ? 'default' : 'filled'} onClick={() => map({})}>
        {likely ? 'Choose another one' : `Map ${orgName} to ${vendor}`}
      </Button>
      {likely && (
        <Text size="sm">
          {likely.external_org_name} ({likely.external_org_id}) is the likely match in {vendor}.
        </Text>
      )}
    </Group>
  )
}

/** The mappings that stand in each other's way, with the way to each. */
function ChooseMapping({ name, orgId, ids }: { name: string; orgId: string; ids: unknown }) {
  const vendor = useVendor(name)
  const mappings = useQuery(mappingsOf(orgId)).data ?? []
  const named = Array.isArray(ids) ? ids.map(String) : []
  const found = mappings.filter(({ id, integration_name, is_active }) =>
    named.length > 0 ? named.includes(id) : integration_name === name && is_active,
  )
  if (found.length === 0) return null
  return (
    <Stack gap={4}>
      <Text size="sm">
        {named.length > 0
          ? 'Deactivate those that are not needed, or name one in the workflow with its mapping id:'
          : 'These are active. Name one of them in the workflow with its mapping id:'}
      </Text>
      <ul style={{ margin: 0, paddingInlineStart: 20 }} aria-label={`Mappings to ${vendor}`}>
        {found.map(({ id, external_org_name, external_org_id }) => (
          <li key={id}>
            <AppLink to={paths.organizationMappings(orgId, { mapping: id })} fz="sm">
              {external_org_name || external_org_id} ({external_org_id})
            </AppLink>
          </li>
        ))}
      </ul>
    </Stack>
  )
}

function IntegrationLink({ name, children }: { name: string; children: ReactNode }) {
  const vendor = useVendor(name)
  return (
    <AppLink to={paths.integration(name)} fz="sm">
      {children} {vendor}
    </AppLink>
  )
}
