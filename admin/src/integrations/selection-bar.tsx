import { Box, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ActionButton } from '../elements/action-button.tsx'

type SelectionBarProps = {
  count: number
  action: string
  onAct: () => void
  isActing: boolean
  /** Why nothing can be done yet. */
  reason: string | undefined
  /** What else can be done with what is chosen. */
  children: ReactNode
}

/** Stays in sight below a list: how much of it is chosen, and what is done with that. */
export function SelectionBar({ count, action, onAct, isActing, reason, children }: SelectionBarProps) {
  return (
    <Box className="selection-bar">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Text size="sm" role="status">
            {count.toLocaleString()} chosen
          </Text>
          {children}
        </Group>
        <ActionButton onClick={onAct} loading={isActing} reason={reason}>
          {action}
        </ActionButton>
      </Group>
    </Box>
  )
}
