import { Alert, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import type { MappingDraft } from './draft.ts'
import type { Holder } from './use-holder.ts'

type ChosenProps = {
  draft: MappingDraft
  idError: string | undefined
  /** The other organization that has it. */
  holder: Holder | undefined
}

/** What is chosen, and what is in the way of it as far as that is known before it is saved. */
export function ChosenOrganization({ draft, idError, holder }: ChosenProps) {
  if (holder) return <HeldByAnother draft={draft} holder={holder} />
  return (
    <Alert color={idError ? 'red' : 'green'} variant="light" p="xs" icon={<IconCheck size={16} />}>
      Chosen: <NameAndId draft={draft} />
      {idError && <Text size="sm">{idError}</Text>}
    </Alert>
  )
}

/** Says before it is saved that it cannot be. */
export function HeldByAnother({ draft, holder }: { draft: MappingDraft; holder: Holder }) {
  return (
    <Alert color="orange" variant="light" p="xs" role="alert">
      <NameAndId draft={draft} /> is mapped to {holder.org_name}. Choose another one, or{' '}
      <AppLink to={paths.organizationMappings(holder.org_id, { mapping: holder.mapping_id })}>open that mapping</AppLink> and deactivate it
      first.
    </Alert>
  )
}

function NameAndId({ draft: { externalOrgId: id, externalOrgName: name } }: { draft: MappingDraft }) {
  return (
    <>
      <b>{name || id}</b>{' '}
      <Text span size="sm">
        ({id})
      </Text>
    </>
  )
}
