import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationChoices, organizationOf } from '../../queries/organizations.ts'

/** The names of more than this are not asked for one by one. */
const maxNamed = 100

type OrganizationMultiSelectProps = { value: string[]; onChange: (ids: string[]) => void; error?: string | undefined }

/** Chooses some organizations by name, among as many as there are. */
export function OrganizationMultiSelect({ value, onChange, error }: OrganizationMultiSelectProps) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const choices = useQuery(organizationChoices(search))
  const chosen = useQueries({ queries: value.slice(0, maxNamed).map((id) => organizationOf(id)) })
  const known = [...(choices.data ?? []), ...chosen.flatMap(({ data }) => (data ? [data] : []))]
  const options = new Map(value.map((id) => [id, { value: id, label: id, disabled: false }]))
  for (const { id, name, is_active } of known) options.set(id, { value: id, label: name, disabled: !is_active && !value.includes(id) })
  const found = new Set(choices.data?.map(({ id }) => id))
  return (
    <MultiSelect
      label="Organizations"
      placeholder={value.length === 0 ? 'Search by name' : ''}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Clear the organizations' }}
      hidePickedOptions
      required
      data={[...options.values()]}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all.filter((option) => 'value' in option && found.has(String(option.value)))}
      nothingFoundMessage={choices.isFetching ? 'Searching…' : 'No other organization has this name'}
      error={error ?? choices.error?.message}
      maxDropdownHeight={260}
    />
  )
}
