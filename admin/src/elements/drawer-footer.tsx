import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useRef } from 'react'
import { useFocusFirstError } from './use-focus-first-error.ts'

type DrawerFooterProps = {
  /** Why it cannot be saved yet; it can where this is undefined. */
  reason: string | undefined
  /** Why it was not saved. It stands where the button was pressed, and stays in sight. */
  failure?: ReactNode
  /** What was refused: the first field that says why gets the focus. */
  error?: unknown
  isSaving: boolean
  onCancel: () => void
  /** Without it the button submits the form that it is in. */
  onSave?: () => void
}

/** The end of a form in a drawer: stays in sight while the form scrolls. */
export function DrawerFooter({ reason, failure, error, isSaving, onCancel, onSave }: DrawerFooterProps) {
  const footer = useRef<HTMLDivElement>(null)
  useFocusFirstError(footer, error)
  return (
    <Box className="drawer-footer" ref={footer}>
      <Stack gap="sm">
        {failure}
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
          <Group wrap="nowrap">
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
            <Button {...(onSave ? { onClick: onSave } : { type: 'submit' })} loading={isSaving} disabled={reason !== undefined}>
              Save
            </Button>
          </Group>
        </Group>
      </Stack>
    </Box>
  )
}
