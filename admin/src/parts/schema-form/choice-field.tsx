import { Checkbox, Group, MultiSelect, Select } from '@mantine/core'
import { type FieldProps, keyOf, useInputProps } from './field-props.ts'
import { useForm } from './form-state.ts'
import type { Choice } from './shape.ts'

const maxBoxes = 12
const maxUnsearched = 8

/** Values of any kind by texts, as selects have them. */
function keysOf(choices: readonly Choice[]) {
  const byKey = new Map(choices.map((choice) => [JSON.stringify(choice.value), choice]))
  return { byKey, data: [...byKey].map(([value, { label }]) => ({ value, label })) }
}

/** One of some values. One that is not among them any more is shown as it is, and is not sent. */
export function ChoiceField({ choices, ...props }: FieldProps & { choices: Choice[] }) {
  const { value, onChange, nothing, isRequired } = props
  const { byKey, data } = keysOf(choices)
  const chosen = value === undefined || value === null ? null : JSON.stringify(value)
  const strange = chosen !== null && !byKey.has(chosen) ? [{ value: chosen, label: String(value) }] : []
  return (
    <Select
      {...useInputProps(props)}
      placeholder="Choose"
      openOnFocus={false}
      data={[...data, ...strange]}
      value={chosen}
      onChange={(key) => onChange(key === null ? nothing : byKey.get(key)?.value)}
      searchable={choices.length > maxUnsearched}
      clearable={!isRequired}
      allowDeselect={!isRequired}
      clearButtonProps={{ 'aria-label': `Clear ${props.label}` }}
      nothingFoundMessage="Nothing has this name"
      maw={420}
    />
  )
}

/** Any of some values, in the order in which the author wrote them. */
export function ChoicesField({ choices, ...props }: FieldProps & { choices: Choice[] }) {
  const { value, onChange, nothing, path, schema, label, isRequired } = props
  const { byKey, data } = keysOf(choices)
  const { touch } = useForm()
  const { 'aria-label': _heard, placeholder: _none, ...own } = { 'aria-label': '', ...useInputProps(props) }
  const chosen = Array.isArray(value) ? value.map((one) => JSON.stringify(one)) : []
  const set = (keys: string[]) => {
    const next = [...byKey.keys()].filter((key) => keys.includes(key)).map((key) => byKey.get(key)?.value)
    onChange(next.length === 0 && !isRequired && schema.minItems === undefined ? nothing : next)
  }
  const strange = chosen.filter((key) => !byKey.has(key)).map((key) => ({ value: key, label: String(JSON.parse(key)) }))
  if (choices.length > maxBoxes)
    return (
      <MultiSelect
        {...own}
        label={label}
        data={[...data, ...strange]}
        value={[...new Set(chosen)]}
        onChange={set}
        searchable
        clearable
        hidePickedOptions
        openOnFocus={false}
      />
    )
  return (
    <Checkbox.Group {...own} label={label} required={isRequired} value={chosen} onChange={set} onBlur={() => touch(keyOf(path))}>
      <Group gap="8px var(--mantine-spacing-lg)" mt={6} mb={4}>
        {[...data, ...strange].map((choice, index) => (
          <Checkbox
            key={choice.value}
            value={choice.value}
            label={choice.label}
            aria-invalid={index === 0 && own.error ? true : undefined}
          />
        ))}
      </Group>
    </Checkbox.Group>
  )
}

/** Yes or no. Where neither may be said, that is a third. */
export function TruthField(props: FieldProps) {
  const { value, onChange, nothing, label, isBare } = props
  const { placeholder: _none, required: _always, ...own } = useInputProps(props)
  if (nothing === null) {
    const choices = [
      { value: true, label: 'Yes' },
      { value: false, label: 'No' },
    ]
    return <ChoiceField {...props} isRequired={false} choices={choices} />
  }
  return (
    <Checkbox
      {...own}
      {...(isBare ? { label } : {})}
      aria-invalid={own.error ? true : undefined}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
