import { ActionButton } from './action-button.tsx'

type RowActionProps = {
  /** What it does, as "Delete". */
  word: string
  /** To what, for those who do not see in which row it is. */
  name: string
  onClick: () => void
  /** Why it is not possible now; it is where this is undefined. */
  reason?: string | undefined
  isPending?: boolean
}

/** A button in a row of a table. */
export function RowAction({ word, name, isPending = false, ...props }: RowActionProps) {
  return (
    <ActionButton size="sm" variant="default" loading={isPending} aria-label={`${word} ${name}`} {...props}>
      {word}
    </ActionButton>
  )
}
