import { Select } from '@mantine/core'

type FilterSelectProps = {
  label: string
  /** What stands for no filter. */
  all: string
  data: { value: string; label: string }[]
  value: string
  onChange: (value: string) => void
  w?: number
  isSearchable?: boolean
}

/** Narrows a list to one of a few values. */
export function FilterSelect({ label, all, data, value, onChange, w = 165, isSearchable = false }: FilterSelectProps) {
  return (
    <Select
      aria-label={label}
      // Two beside each other on a phone.
      w={{ base: 'calc(50% - var(--mantine-spacing-md) / 2)', xs: w }}
      miw={140}
      maw="100%"
      data={[{ value: '', label: all }, ...data]}
      value={value}
      onChange={(next) => onChange(next ?? '')}
      allowDeselect={false}
      searchable={isSearchable}
    />
  )
}
