import type { Integration } from '@crosswalk/client'
import { Text, TextInput } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { HeldByAnother } from './chosen-organization.tsx'
import type { MappingDraft } from './draft.ts'
import { useStoredOrganizations } from './stored-organizations.ts'
import { useHolder } from './use-holder.ts'

type ByHandProps = {
  orgId: string
  integration: Integration
  draft: MappingDraft
  onChange: (change: Partial<MappingDraft>) => void
  idError: string | undefined
  nameError: string | undefined
}

/** The external organization as a person knows it: the only way where the vendor cannot be asked. */
export function ExternalOrganizationByHand({ orgId, integration, draft, onChange, idError, nameError }: ByHandProps) {
  const { externalOrgId, externalOrgName } = draft
  const stored = useStoredOrganizations(integration, orgId, true)
  const holder = useHolder(integration, externalOrgId, orgId)
  const known = stored.get(externalOrgId)
  // A name belongs to its id: that of another would say that this one is the other.
  const namesById = useRef(new Map([[externalOrgId, externalOrgName]]))
  const isNamedBefore = useRef(false)
  const isIdNew = useRef(false)
  const takeKnownName = useRef(() => {})
  takeKnownName.current = () => {
    if (known && isIdNew.current && externalOrgName === '') onChange({ externalOrgName: known.name.slice(0, 200) })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a name is taken when one becomes known, not when it is cleared
  useEffect(() => takeKnownName.current(), [known])
  const changeId = (id: string) => {
    isIdNew.current = true
    onChange({ externalOrgId: id, externalOrgName: isNamedBefore.current ? externalOrgName : (namesById.current.get(id) ?? '') })
  }
  // Ids are opaque: what is typed is what is sent.
  const hasOuterSpace = externalOrgId !== externalOrgId.trim() && externalOrgId.trim() !== ''
  return (
    <>
      <TextInput
        label="External organization id"
        description={`Exactly as in ${integration.display_name}.`}
        required
        value={externalOrgId}
        onFocus={() => {
          isNamedBefore.current = externalOrgId === '' && externalOrgName !== ''
        }}
        onBlur={() => {
          if (isNamedBefore.current) namesById.current.set(externalOrgId, externalOrgName)
        }}
        onChange={(event) => changeId(event.currentTarget.value)}
        error={idError}
      />
      {hasOuterSpace && (
        <Text size="sm" c="dimmed" role="status">
          The id begins or ends with a space. It is sent as it stands here.
        </Text>
      )}
      {holder && <HeldByAnother draft={draft} holder={holder} />}
      <TextInput
        label="External organization name"
        description="Shown to people. Without a name, the id is shown."
        maxLength={200}
        value={externalOrgName}
        onChange={(event) => {
          namesById.current.set(externalOrgId, event.currentTarget.value)
          onChange({ externalOrgName: event.currentTarget.value })
        }}
        error={nameError}
      />
    </>
  )
}
