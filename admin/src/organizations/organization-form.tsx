import { createOrganization, fieldErrorsOf, isApiError, type Organization, updateOrganization } from '@crosswalk/client'
import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { paths } from '../paths.ts'
import { organizationsKey } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'

type Draft = { name: string; domains: string[]; tenantId: string }

const draftOf = (organization?: Organization): Draft => ({
  name: organization?.name ?? '',
  domains: organization?.domains ?? [],
  tenantId: organization?.tenant_id ?? '',
})

/** Adds an organization, or changes the given one. */
export function OrganizationForm({ isOpen, onClose, organization }: { isOpen: boolean; onClose: () => void; organization?: Organization }) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={organization ? `Edit ${organization.name}` : 'Add Organization'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Fields onClose={onClose} {...(organization ? { organization } : {})} />
    </Modal>
  )
}

/** Made anew each time the form opens, so that an abandoned draft is gone. */
function Fields({ onClose, organization }: { onClose: () => void; organization?: Organization }) {
  const [draft, setDraft] = useState(draftOf(organization))
  const [hasTried, setTried] = useState(false)
  const queries = useQueryClient()
  const go = useGo()
  const saving = useMutation({
    mutationFn: () => {
      const body = { name: draft.name.trim(), domains: draft.domains, tenant_id: draft.tenantId.trim() || null }
      return organization ? updateOrganization(organization.id, body) : createOrganization(body)
    },
    async onSuccess(saved) {
      await queries.invalidateQueries({ queryKey: organizationsKey })
      if (organization) notifyDone(`${saved.name} was changed.`)
      onClose()
      if (!organization) go(paths.organization(saved.id))
    },
  })
  const fields = isApiError(saving.error) ? fieldErrorsOf(saving.error) : {}
  const errorOf = (field: string) =>
    Object.entries(fields)
      .filter(([name]) => name === field || name.startsWith(`${field}.`))
      .flatMap(([, messages]) => messages)
      .join('; ') || undefined
  const nameError = hasTried && draft.name.trim() === '' ? 'Give the organization a name.' : errorOf('name')
  const isShownAtField = ['name', 'domains', 'tenant_id'].some((field) => errorOf(field) !== undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (draft.name.trim() !== '') saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          maxLength={200}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          error={nameError}
        />
        <TagsInput
          label="Domains"
          description="Host names of this customer, as acme.com. Press Enter after each."
          value={draft.domains}
          onChange={(domains) => setDraft({ ...draft, domains })}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          error={errorOf('domains')}
        />
        <TextInput
          label="Microsoft 365 tenant id"
          description="Only where this customer has one."
          maxLength={200}
          value={draft.tenantId}
          onChange={(event) => setDraft({ ...draft, tenantId: event.currentTarget.value })}
          error={errorOf('tenant_id')}
        />
        {saving.error && !isShownAtField && <ErrorNotice error={saving.error} title="The organization was not saved" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {organization ? 'Save' : 'Add Organization'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
