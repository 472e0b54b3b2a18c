import { isApiError } from '@crosswalk/client'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { RelativeTime } from './relative-time.tsx'

/** A field that somebody else changed: what it was when the form was opened, and what it is now. */
export type Difference = { label: string; before: unknown; now: unknown }

/** Those of the fields that are not as they were. */
export function differencesOf(fields: readonly Difference[]): Difference[] {
  return fields.filter(({ before, now }) => JSON.stringify(before ?? null) !== JSON.stringify(now ?? null))
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ') || 'nothing'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

type ChangedMeanwhileProps = {
  error: unknown
  /** Undefined until what is there now was read. */
  differences: readonly Difference[] | undefined
  onTakeTheirs: () => void
  onSaveMine: () => void
  isSaving: boolean
}

/** Says who changed what while a form was open, and lets the person choose. What they entered stays until then. */
export function ChangedMeanwhile({ error, differences, onTakeTheirs, onSaveMine, isSaving }: ChangedMeanwhileProps) {
  const { changed_by: by, changed_at: at } = isApiError(error) ? error.details : {}
  return (
    <Alert color="orange" variant="light" icon={<IconUsers />} role="alert" title="Changed by someone else meanwhile">
      <Stack gap="xs">
        <Text size="sm">
          {typeof by === 'string' ? by : 'Someone'} changed it {typeof at === 'string' ? <RelativeTime at={at} /> : 'after you opened it'}.
          Your changes are not saved yet.
        </Text>
        {differences && differences.length > 0 && (
          <ul aria-label="What was changed" style={{ margin: 0, paddingInlineStart: 20 }}>
            {differences.map(({ label, before, now }) => (
              <Text key={label} component="li" size="sm" className="wrap-anywhere">
                {label}: {shown(before)} → {shown(now)}
              </Text>
            ))}
          </ul>
        )}
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={onTakeTheirs} disabled={differences === undefined}>
            Discard mine and load theirs
          </Button>
          <Button size="xs" variant="default" onClick={onSaveMine} loading={isSaving} disabled={differences === undefined}>
            Save mine anyway
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
