import { Button, Group } from '@mantine/core'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'

type PageTurnerProps = {
  /** Where this page begins; empty for the first. */
  cursor: string
  /** Where the next page begins; null where there is none. */
  nextCursor: string | null
  onTurn: (cursor: string) => void
  /** What the buttons say of a list that is not by time. */
  first?: string
  next?: string
}

/** Leads through a list that is read page by page. Nothing where one page holds it all. */
export function PageTurner({ cursor, nextCursor, onTurn, first = 'Newest', next = 'Older' }: PageTurnerProps) {
  if (cursor === '' && nextCursor === null) return null
  return (
    <Group justify="space-between">
      <Button variant="default" leftSection={<IconArrowLeft size={16} />} disabled={cursor === ''} onClick={() => onTurn('')}>
        {first}
      </Button>
      <Button
        variant="default"
        rightSection={<IconArrowRight size={16} />}
        disabled={nextCursor === null}
        onClick={() => onTurn(nextCursor ?? '')}
      >
        {next}
      </Button>
    </Group>
  )
}
