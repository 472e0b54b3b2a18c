import type { OrganizationField } from '@crosswalk/client'
import { NumberInput, Select, TextInput } from '@mantine/core'
import type { FieldValue } from './field-text.ts'

export type FieldDraft = Record<string, FieldValue>

type CustomFieldsProps = {
  fields: readonly OrganizationField[]
  values: FieldDraft
  onChange: (values: FieldDraft) => void
  errorOf: (field: string) => string | undefined
}

/** An organization's values of custom fields, each with the input of its type. */
export function CustomFields({ fields, values, onChange, errorOf }: CustomFieldsProps) {
  const set = (name: string, value: FieldValue | null) => {
    const { [name]: _, ...others } = values
    onChange(value === null || value === '' ? others : { ...others, [name]: value })
  }
  return fields.map((field) => (
    <CustomField
      key={field.name}
      field={field}
      value={values[field.name]}
      onChange={(value) => set(field.name, value)}
      error={errorOf(`fields.${field.name}`)}
    />
  ))
}

type CustomFieldProps = {
  field: OrganizationField
  value: FieldValue | undefined
  onChange: (value: FieldValue | null) => void
  error: string | undefined
}

function CustomField({ field, value, onChange, error }: CustomFieldProps) {
  const given = { label: field.label, required: field.is_required, error }
  if (field.type === 'number')
    return (
      <NumberInput
        {...given}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : null)}
        hideControls
        thousandSeparator=" "
      />
    )
  if (field.type === 'yes_no') {
    const shown = value === undefined ? null : value === true ? 'yes' : 'no'
    const options = [
      { value: 'yes', label: 'Yes' },
      { value: 'no', label: 'No' },
    ]
    return <Select {...given} clearable data={options} value={shown} onChange={(next) => onChange(next === null ? null : next === 'yes')} />
  }
  const text = value === undefined ? '' : String(value)
  if (field.type === 'choice')
    return <Select {...given} clearable searchable data={field.choices} value={text || null} onChange={(next) => onChange(next)} />
  return (
    <TextInput
      {...given}
      type={field.type === 'date' ? 'date' : field.type === 'url' ? 'url' : 'text'}
      maxLength={field.type === 'text' ? 500 : 2_000}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
