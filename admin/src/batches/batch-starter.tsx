import type { Batch } from '@crosswalk/client'
import { Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'

/** Who started a batch: its schedule at a due time, or a person, perhaps by running the schedule once more. */
export function BatchStarter({ batch: { caller, schedule, due_at } }: { batch: Batch }) {
  if (schedule === null) return caller.name
  const link = (
    <AppLink to={paths.schedules({ q: schedule })} fz="sm" underline="always">
      {due_at === null ? 'its schedule' : 'Its schedule'}
    </AppLink>
  )
  if (due_at !== null) return link
  return (
    <Text size="sm" component="span">
      {caller.name}, from {link}
    </Text>
  )
}
