import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { organizationOf } from '../queries/organizations.ts'

/** Whose a connection is, with its way to the organization. */
export function OwnerName({ orgId, mappingId }: { orgId: string | null; mappingId: string | null }) {
  const { data } = useQuery({ ...organizationOf(orgId ?? ''), enabled: orgId !== null })
  const mappings = useQuery({ ...mappingsOf(orgId ?? ''), enabled: orgId !== null && mappingId !== null })
  const mapping = mappings.data?.find(({ id }) => id === mappingId)
  if (orgId === null) return <Text size="sm">For all organizations</Text>
  return (
    <Text size="sm">
      <AppLink to={paths.organization(orgId)}>{data?.name ?? orgId}</AppLink>
      {mapping && `, mapped to ${mapping.external_org_name}`}
    </Text>
  )
}
