import type { OrganizationField } from '@crosswalk/client'
import { Select } from '@mantine/core'
import { SearchBox } from '../elements/search-box.tsx'

type FieldFilterProps = {
  fields: readonly OrganizationField[]
  field: string
  value: string
  onChange: (field: string, value: string) => void
}

/** Only the organizations with a value of a custom field. */
export function FieldFilter({ fields, field, value, onChange }: FieldFilterProps) {
  if (fields.length === 0) return null
  const chosen = fields.find(({ name }) => name === field)
  const options = chosen?.type === 'choice' ? chosen.choices : chosen?.type === 'yes_no' ? ['Yes', 'No'] : undefined
  const given = options?.find((option) => option.toLowerCase() === value.toLowerCase()) ?? null
  return (
    <>
      <Select
        aria-label="Custom field"
        placeholder="By custom field"
        clearable
        data={fields.map(({ name, label }) => ({ value: name, label }))}
        value={field || null}
        onChange={(name) => onChange(name ?? '', '')}
        w={190}
      />
      {chosen &&
        (options ? (
          <Select
            aria-label={`Only with this ${chosen.label}`}
            placeholder="Without a value"
            clearable
            data={options}
            value={given}
            onChange={(option) => onChange(field, option ?? '')}
            w={160}
          />
        ) : (
          <SearchBox label={`${chosen.label}, exactly`} value={value} onSearch={(text) => onChange(field, text)} w={180} />
        ))}
    </>
  )
}
