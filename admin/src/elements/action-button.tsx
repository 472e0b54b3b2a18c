import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

type ActionButtonProps = ButtonProps & {
  children: ReactNode
  onClick: () => void
  /** Why it is not possible now; it is where this is undefined. */
  reason?: string | undefined
  'aria-label'?: string
}

/**
 * A button for what is not always possible. Then it stays in its place, can be reached, and says why. It is the same element
 * either way, so that it keeps the focus when what it does becomes possible.
 */
export function ActionButton({ reason, onClick, ...props }: ActionButtonProps) {
  const isPossible = reason === undefined
  return (
    <Tooltip label={reason} disabled={isPossible} events={{ hover: true, focus: true, touch: true }} multiline maw={320}>
      <Button
        {...props}
        {...(isPossible ? {} : { 'data-disabled': true, 'aria-disabled': true })}
        onClick={(event) => (isPossible ? onClick() : event.preventDefault())}
      />
    </Tooltip>
  )
}
