import {
  createOrganization,
  fieldErrorsOf,
  isApiError,
  type Organization,
  type OrganizationField,
  updateOrganization,
} from '@crosswalk/client'
import { Button, Group, Modal, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ChangedMeanwhile, differencesOf } from '../elements/changed-meanwhile.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { useFocusFirstError } from '../elements/use-focus-first-error.ts'
import { type Changed, useLeaveGuard, useLeaving } from '../elements/use-leaving.ts'
import { isChangedMeanwhile, useMeanwhile } from '../elements/use-meanwhile.ts'
import { paths } from '../paths.ts'
import { ifMatch } from '../queries/if-match.ts'
import { organizationFields } from '../queries/organization-fields.ts'
import { organizationChoices, organizationOf, organizationsKey } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'
import { CustomFields, type FieldDraft } from './custom-fields.tsx'
import { fieldText } from './field-text.ts'

type Draft = { name: string; domains: string[]; tenantId: string; tags: string[]; fields: FieldDraft }

const draftOf = (organization?: Organization): Draft => ({
  name: organization?.name ?? '',
  domains: organization?.domains ?? [],
  tenantId: organization?.tenant_id ?? '',
  tags: organization?.tags ?? [],
  fields: organization?.fields ?? {},
})

/** Adds an organization, or changes the given one. Leaving what was entered asks first. */
export function OrganizationForm({ isOpen, onClose, organization }: { isOpen: boolean; onClose: () => void; organization?: Organization }) {
  const { isChanged, leave, close } = useLeaving(onClose)
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={organization ? `Edit ${organization.name}` : 'Add organization'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Fields isChanged={isChanged} onClose={close} onSaved={leave} {...(organization ? { organization } : {})} />
    </Modal>
  )
}

type FieldsProps = { isChanged: Changed; onClose: () => void; onSaved: () => void; organization?: Organization }

/** A tenant has an id of this form, or is named by one of its domains. */
const tenantForm = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i

/** Made again each time the form opens, so that an abandoned draft is gone. */
function Fields({ isChanged, onClose, onSaved, organization }: FieldsProps) {
  const [first, setFirst] = useState(() => draftOf(organization))
  const [draft, setDraft] = useState(first)
  const [hasTried, setTried] = useState(false)
  const isSaved = useRef(false)
  isChanged.current = !isSaved.current && JSON.stringify(draft) !== JSON.stringify(first)
  useLeaveGuard(isChanged)
  const isOddTenant = draft.tenantId.trim() !== '' && !tenantForm.test(draft.tenantId.trim())
  const queries = useQueryClient()
  const go = useGo()
  const meanwhile = useMeanwhile(organization, async () =>
    organization ? queries.fetchQuery({ ...organizationOf(organization.id), staleTime: 0 }) : undefined,
  )
  const saving = useMutation({
    mutationFn: (base: Organization | undefined) => {
      const body = { name: draft.name.trim(), domains: draft.domains, tenant_id: draft.tenantId.trim() || null, tags: draft.tags }
      if (!organization) return createOrganization({ ...body, fields: draft.fields })
      // What stands in the form is what it shall have; where nothing of it changed, nothing is asked for what is missing.
      const removed = Object.fromEntries(Object.keys(first.fields).map((name) => [name, null]))
      const isSame = JSON.stringify(draft.fields) === JSON.stringify(first.fields)
      return updateOrganization(organization.id, { ...body, ...(isSame ? {} : { fields: { ...removed, ...draft.fields } }) }, ifMatch(base))
    },
    onError: (error) => meanwhile.refused(error),
    async onSuccess(saved) {
      isSaved.current = true
      await queries.invalidateQueries({ queryKey: organizationsKey })
      if (organization) notifyDone(`${saved.name} was changed.`)
      onSaved()
      if (!organization) go(paths.organization(saved.id))
    },
  })
  const fields = useQuery(organizationFields).data ?? []
  const problems = isApiError(saving.error) ? fieldErrorsOf(saving.error) : {}
  const errorOf = (field: string) =>
    Object.entries(problems)
      .filter(([name]) => name === field || name.startsWith(`${field}.`))
      .flatMap(([, messages]) => messages)
      .join('; ') || undefined
  const nameError = hasTried && draft.name.trim() === '' ? 'Give the organization a name.' : errorOf('name')
  const isShownAtField = ['name', 'domains', 'tenant_id', 'tags', ...fields.map(({ name }) => `fields.${name}`)].some(
    (field) => errorOf(field) !== undefined,
  )
  const form = useRef<HTMLFormElement>(null)
  useFocusFirstError(form, saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (draft.name.trim() === '') form.current?.querySelector('input')?.focus()
    if (draft.name.trim() !== '') saving.mutate(meanwhile.base)
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
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
        <NameTaken name={draft.name.trim()} organization={organization} />
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
        <TagsInput
          label="Tags"
          description="Grants, schedules and lists name organizations by them. Press Enter after each."
          value={draft.tags}
          onChange={(tags) => setDraft({ ...draft, tags })}
          splitChars={[',', ';']}
          acceptValueOnBlur
          error={errorOf('tags')}
        />
        <CustomFields
          fields={fields}
          values={draft.fields}
          onChange={(values) => setDraft({ ...draft, fields: values })}
          errorOf={errorOf}
        />
        {isOddTenant && (
          <Text size="sm" c="var(--crosswalk-warn)" role="status" mt="-xs">
            This looks like no tenant id: it is 8-4-4-4-12 letters and digits, or a domain of the tenant.
          </Text>
        )}
        {isChangedMeanwhile(saving.error) ? (
          <ChangedMeanwhile
            {...meanwhile.choice(saving, (theirs) => {
              setFirst(draftOf(theirs))
              setDraft(draftOf(theirs))
            })}
            differences={meanwhile.theirs && meanwhile.base && changesBetween(meanwhile.base, meanwhile.theirs, fields)}
          />
        ) : (
          saving.error && !isShownAtField && <ErrorNotice error={saving.error} title="The organization was not saved" />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {organization ? 'Save' : 'Add organization'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function changesBetween(before: Organization, now: Organization, fields: readonly OrganizationField[]) {
  return differencesOf([
    { label: 'Name', before: before.name, now: now.name },
    { label: 'Domains', before: before.domains, now: now.domains },
    { label: 'Microsoft 365 tenant id', before: before.tenant_id, now: now.tenant_id },
    { label: 'Tags', before: before.tags, now: now.tags },
    ...fields.map(({ name, label }) => ({ label, before: fieldText(before.fields[name]), now: fieldText(now.fields[name]) })),
    { label: 'Active', before: before.is_active, now: now.is_active },
  ])
}

/** Names may be equal, but seldom are on purpose. */
function NameTaken({ name, organization }: { name: string; organization: Organization | undefined }) {
  const [search] = useDebouncedValue(name, 250)
  const { data } = useQuery({ ...organizationChoices(search), enabled: search !== '' && search !== organization?.name })
  const same = data?.find((each) => each.name.toLowerCase() === name.toLowerCase() && each.id !== organization?.id)
  if (!same || name === '') return null
  return (
    <Text size="sm" c="var(--crosswalk-warn)" role="status" mt="-xs">
      There is one of this name already: <AppLink to={paths.organization(same.id)}>open it</AppLink>.
    </Text>
  )
}
