import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationChoices, organizationOf } from '../../queries/organizations.ts'

type OrganizationSelectProps = {
  value: string
  onChange: (orgId: string) => void
  label: string
  description?: string
  /** Shown where none is chosen. */
  placeholder?: string
  isRequired?: boolean
  /** A filter has its label beside or above it in small; a form's field has it above. */
  isFilter?: boolean
}

/** Chooses an organization by name, among as many as there are. */
export function OrganizationSelect({
  value,
  onChange,
  label,
  description,
  placeholder = 'Choose an organization',
  isRequired = false,
  isFilter = false,
}: OrganizationSelectProps) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const chosen = useQuery({ ...organizationOf(value), enabled: value !== '' })
  // The chosen one's own name stands in the field, and is no search.
  const choices = useQuery(organizationChoices(search === chosen.data?.name ? '' : search))
  const options = new Map(
    (choices.data ?? []).map(({ id, name, is_active }) => [id, { value: id, label: name, disabled: !is_active && !isFilter }]),
  )
  if (chosen.data) options.set(chosen.data.id, { value: chosen.data.id, label: chosen.data.name, disabled: false })
  return (
    <Select
      {...(isFilter ? { 'aria-label': label } : { label, description })}
      placeholder={placeholder}
      searchable
      clearable={!isRequired}
      clearButtonProps={{ 'aria-label': 'Clear the organization' }}
      required={isRequired}
      withAsterisk={isRequired}
      data={[...options.values()]}
      value={value || null}
      onChange={(orgId) => onChange(orgId ?? '')}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      nothingFoundMessage={choices.isFetching ? 'Searching…' : 'No organization has this name'}
      error={choices.error ? choices.error.message : undefined}
      maw="100%"
      {...(isFilter ? { w: { base: '100%', xs: 220 }, classNames: { input: 'filter-input' } } : {})}
    />
  )
}
