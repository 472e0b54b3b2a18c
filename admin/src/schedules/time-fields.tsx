import { Button, Group, List, Select, Stack, Text, TextInput } from '@mantine/core'
import { type Ref, useMemo, useState } from 'react'
import { RelativeTime } from '../elements/relative-time.tsx'
import { cronWords } from '../parts/cron-words.ts'
import { cronProblem } from './cron-problem.ts'
import { nextTimes, timeZones } from './next-times.ts'

const examples = [
  ['Every hour', '0 * * * *'],
  ['Every day', '0 3 * * *'],
  ['Weekdays', '0 3 * * mon-fri'],
  ['Mondays', '0 3 * * mon'],
  ['1st of the month', '0 3 1 * *'],
] as const

type TimeFieldsProps = {
  cron: string
  timeZone: string
  onChange: (part: { cron?: string; timeZone?: string }) => void
  /** What the server said of it. */
  cronError: string | undefined
  timeZoneError: string | undefined
  /** It was tried to save what is entered. */
  isTried: boolean
  cronField: Ref<HTMLInputElement>
}

/** When a schedule is due: its cron expression and time zone, and what both come to. */
export function TimeFields({ cron, timeZone, onChange, cronError, timeZoneError, isTried, cronField }: TimeFieldsProps) {
  // Who is still typing the first characters has done nothing wrong.
  const [isLeft, setLeft] = useState(false)
  const zones = useMemo(() => timeZones(timeZone), [timeZone])
  return (
    <Stack gap="sm">
      <TextInput
        ref={cronField}
        label="When, as a cron expression"
        description="Minute, hour, day of the month, month, day of the week."
        placeholder="0 3 * * mon-fri"
        required
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={cron}
        onChange={(event) => onChange({ cron: event.currentTarget.value })}
        onBlur={() => setLeft(cron.trim() !== '')}
        error={cronError ?? (isLeft || isTried ? cronProblem(cron, timeZone) : undefined)}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
      />
      <Group gap={6} mt={-4}>
        <Text size="xs" c="dimmed">
          Presets:
        </Text>
        {examples.map(([label, example]) => (
          <Button key={example} size="compact-xs" variant="default" onClick={() => onChange({ cron: example })}>
            {label}
          </Button>
        ))}
      </Group>
      <Select
        label="Time zone"
        required
        searchable
        data={zones}
        limit={60}
        allowDeselect={false}
        value={timeZone}
        onChange={(zone) => onChange({ timeZone: zone ?? timeZone })}
        nothingFoundMessage="No time zone has this name. They are named by cities, as Europe/Vienna."
        error={timeZoneError}
      />
      <NextTimes cron={cron} timeZone={timeZone} />
    </Stack>
  )
}

/** What the server will do, worked out here by the same rules, so that it is seen before it is saved. */
function NextTimes({ cron, timeZone }: { cron: string; timeZone: string }) {
  const times = useMemo(() => nextTimes(cron, timeZone, 4), [cron, timeZone])
  // The field says what is not right.
  if (!times || times.length === 0) return null
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23', timeZone })
  return (
    <div className="panel" style={{ padding: 12 }}>
      <Text fw={600} size="sm" role="status">
        {cronWords(cron.trim())}, {timeZone}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        The next times:
      </Text>
      <List size="sm" listStyleType="none" aria-label="The next times">
        {times.map((time) => (
          <List.Item key={time.toISOString()}>
            {format.format(time)}{' '}
            <Text span size="sm" c="dimmed">
              (<RelativeTime at={time.toISOString()} />)
            </Text>
          </List.Item>
        ))}
      </List>
    </div>
  )
}
