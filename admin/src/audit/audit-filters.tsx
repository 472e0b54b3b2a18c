import { Button, Group, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { SearchBox } from '../elements/search-box.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { given } from '../queries/every-page.ts'
import { kindOfTarget } from './audit-target.tsx'

export const noFilter = { q: '', org: '', actor: '', from: '', to: '', type: '', target: '' }
export type AuditFilter = Record<keyof typeof noFilter, string>

/** When a day begins where the person is, so many days later; nothing where the text is no day. */
function startOf(day: string, later = 0): string {
  const [year = Number.NaN, month = 1, date = 1] = day.split('-').map(Number)
  const start = new Date(year, month - 1, date + later)
  return Number.isNaN(start.getTime()) ? '' : start.toISOString()
}

/** The filters as the API takes them. The last day is a part of what is asked for. */
export function auditQuery({ q, org, actor, from, to, type, target }: AuditFilter) {
  return given({
    search: q,
    org_id: org,
    actor,
    since: startOf(from),
    until: startOf(to, 1),
    target_type: type,
    target_id: target,
  })
}

type FiltersProps = { filter: AuditFilter; onChange: (change: Partial<AuditFilter>) => void }

/** Narrows the audit to what someone asks of it. */
export function AuditFilters({ filter, onChange }: FiltersProps) {
  const { q, org, actor, from, to, type, target } = filter
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
      <Day label="From" value={from} max={to} onChange={(day) => onChange({ from: day })} />
      <Day label="Until" value={to} min={from} onChange={(day) => onChange({ to: day })} />
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
