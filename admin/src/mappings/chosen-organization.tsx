import type { ExternalOrganizationMapped } from '@crosswalk/client'
import { Alert, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import type { MappingDraft } from './draft.ts'

type ChosenProps = {
  draft: MappingDraft
  idError: string | undefined
  holder: ExternalOrganizationMapped | undefined
  orgId: string
}

/** What is chosen, and what is in the way of it as far as that is known before it is saved. */
export function ChosenOrganization({ draft: { externalOrgId: id, externalOrgName: name }, idError, holder, orgId }: ChosenProps) {
  const what = (
    <>
      <b>{name || id}</b>{' '}
      <Text span size="sm">
        ({id})
      </Text>
    </>
  )
  if (holder && holder.org_id !== orgId) {
    return (
      <Alert color="orange" variant="light" p="xs" role="alert">
        {what} is mapped to {holder.org_name}. Choose another one, or{' '}
        <AppLink to={paths.organizationMappings(holder.org_id, { mapping: holder.mapping_id })}>open that mapping</AppLink> and deactivate
        it first.
      </Alert>
    )
  }
  return (
    <Alert color={idError ? 'red' : 'green'} variant="light" p="xs" icon={<IconCheck size={16} />}>
      Chosen: {what}
      {idError && <Text size="sm">{idError}</Text>}
    </Alert>
  )
}
