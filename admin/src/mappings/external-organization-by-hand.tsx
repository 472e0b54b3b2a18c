import type { Integration } from '@crosswalk/client'
import { TextInput } from '@mantine/core'
import type { MappingDraft } from './draft.ts'

type ByHandProps = {
  integration: Integration
  draft: MappingDraft
  onChange: (change: Partial<MappingDraft>) => void
  idError: string | undefined
  nameError: string | undefined
}

/** The external organization as a person knows it: the only way where the vendor cannot be asked. */
export function ExternalOrganizationByHand({ integration, draft, onChange, idError, nameError }: ByHandProps) {
  return (
    <>
      <TextInput
        label="External organization id"
        description={`As ${integration.display_name} spells it.`}
        required
        maxLength={200}
        value={draft.externalOrgId}
        onChange={(event) => onChange({ externalOrgId: event.currentTarget.value })}
        error={idError}
      />
      <TextInput
        label="External organization name"
        description="For people. Without a name the id stands in."
        maxLength={200}
        value={draft.externalOrgName}
        onChange={(event) => onChange({ externalOrgName: event.currentTarget.value })}
        error={nameError}
      />
    </>
  )
}
