import { Button, Group, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { SearchBox } from '../elements/search-box.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { type AuditFilter, noFilter } from './audit-query.ts'
import { kindOfTarget } from './audit-target.tsx'

type FiltersProps = { filter: AuditFilter; onChange: (change: Partial<AuditFilter>) => void }

const isFiltered = (filter: AuditFilter) => Object.keys(noFilter).some((name) => filter[name as keyof AuditFilter] !== '') // its own keys

/** Narrows the audit to what someone asks of it. */
export function AuditFilters({ filter, onChange }: FiltersProps) {
  const { q, org, actor, from, to, type, target } = filter
  const isNarrow = useIsNarrow()
  return (
    <Group>
      <SearchBox label="Search actions and targets" value={q} onSearch={(text) => onChange({ q: text })} w={260} />
      <OrganizationSelect
        isFilter
        label="Organization"
        placeholder="All organizations"
        value={org}
        onChange={(next) => onChange({ org: next })}
      />
      <SearchBox label="Who" value={actor} onSearch={(name) => onChange({ actor: name })} w={180} />
      <Group wrap={isNarrow ? 'wrap' : 'nowrap'} w={isNarrow ? '100%' : 'auto'}>
        <Day label="From" value={from} max={to} onChange={(day) => onChange({ from: day })} />
        <Day label="Until" value={to} min={from} onChange={(day) => onChange({ to: day })} />
      </Group>
      {target !== '' && (
        <Button
          variant="light"
          rightSection={<IconX size={16} />}
          onClick={() => onChange({ type: '', target: '' })}
          aria-label={`Only this ${kindOfTarget(type).toLowerCase()}: show everything`}
        >
          Only this {kindOfTarget(type).toLowerCase()}
        </Button>
      )}
      {isFiltered(filter) && (
        <Button variant="subtle" onClick={() => onChange(noFilter)}>
          Clear filters
        </Button>
      )}
    </Group>
  )
}

type DayProps = { label: string; value: string; min?: string; max?: string; onChange: (day: string) => void }

/** A day as the browser writes days for this person. */
function Day({ label, value, min = '', max = '', onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(min ? { min } : {})}
      {...(max ? { max } : {})}
      w={{ base: '100%', xs: 190 }}
      styles={{ root: { display: 'flex', alignItems: 'center', gap: 8 }, label: { fontWeight: 400, minWidth: 36 }, wrapper: { flex: 1 } }}
    />
  )
}
