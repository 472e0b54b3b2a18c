import { Box, Group, Text, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { useLack } from '../parts/grants/use-may.ts'

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
  const isNarrow = useIsNarrow()
  const lack = useLack('canManageMappings')
  const chosen = `${count.toLocaleString()} chosen`
  return (
    <Box className="selection-bar">
      {/* A phone has no room for it: there the button alone says how many. */}
      {isNarrow && <VisuallyHidden role="status">{chosen}</VisuallyHidden>}
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          {!isNarrow && (
            <Text size="sm" role="status">
              {chosen}
            </Text>
          )}
          {children}
        </Group>
        <ActionButton onClick={onAct} loading={isActing} reason={lack ?? reason} fullWidth={isNarrow}>
          {action}
        </ActionButton>
      </Group>
    </Box>
  )
}
