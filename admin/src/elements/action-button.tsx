import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

type ActionButtonProps = ButtonProps & {
  children: ReactNode
  onClick: () => void
  /** Why it is not possible now; it is where this is undefined. */
  reason?: string | undefined
  'aria-label'?: string
}

/** A button for what is not always possible. Then it stays in its place, can be reached, and says why. */
export function ActionButton({ reason, onClick, ...props }: ActionButtonProps) {
  if (reason === undefined) return <Button {...props} onClick={onClick} />
  return (
    <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }} multiline maw={320}>
      <Button {...props} data-disabled aria-disabled onClick={(event) => event.preventDefault()} />
    </Tooltip>
  )
}
