import { Button, Group } from '@mantine/core'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'

type PageTurnerProps = {
  /** Where this page begins; empty for the first. */
  cursor: string
  /** Where the next page begins; null where there is none. */
  nextCursor: string | null
  onTurn: (cursor: string) => void
  /** What the buttons say: of a list by time, or of any other. */
  words?: keyof typeof wordsOf
}

const wordsOf = {
  times: { first: 'Newest', previous: 'Newer', next: 'Older' },
  pages: { first: 'First page', previous: 'Previous page', next: 'Next page' },
} as const

/** From which page a person came to each. A page that was opened by its address has none, and leads to the first one. */
const previousOf = new Map<string, string>()

/** Leads through a list that is read page by page, on and back. Nothing where one page holds it all. */
export function PageTurner({ cursor, nextCursor, onTurn, words = 'times' }: PageTurnerProps) {
  if (cursor === '' && nextCursor === null) return null
  const { first, previous, next } = wordsOf[words]
  const before = previousOf.get(cursor)
  const turn = () => {
    if (nextCursor === null) return
    previousOf.set(nextCursor, cursor)
    onTurn(nextCursor)
  }
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="xs">
        <Button variant="default" disabled={cursor === ''} onClick={() => onTurn('')}>
          {first}
        </Button>
        <Button
          variant="default"
          leftSection={<IconArrowLeft size={16} />}
          disabled={before === undefined}
          onClick={() => onTurn(before ?? '')}
        >
          {previous}
        </Button>
      </Group>
      <Button variant="default" rightSection={<IconArrowRight size={16} />} disabled={nextCursor === null} onClick={turn}>
        {next}
      </Button>
    </Group>
  )
}
