import { Button } from '@mantine/core'
import type { IconButtonProps } from '@rjsf/utils'
import { IconPlus } from '@tabler/icons-react'

/** Adds a value to a list, or to an object whose keys are free. */
export function AddButton({ id, disabled, onClick }: IconButtonProps) {
  return (
    <Button id={id} size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={disabled ?? false} onClick={onClick}>
      Add a value
    </Button>
  )
}
