import { Box, Group, Text } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type FieldGroupProps = {
  label: string
  description?: unknown
  isRequired?: boolean
  problem?: string | undefined
  /** Beside the label: to add or take away the whole. */
  action?: ReactNode
  children?: ReactNode
}

/** Fields that belong together, under one label. */
export function FieldGroup({ label, description, isRequired = false, problem, action, children }: FieldGroupProps) {
  const id = useId()
  return (
    <Box
      component="div"
      role="group"
      aria-labelledby={id}
      className="field-group"
      {...(problem ? { 'data-problem': true, tabIndex: -1 } : {})}
    >
      <Group justify="space-between" gap="sm" wrap="nowrap" mih={26}>
        <Text id={id} component="span" size="sm" fw={600} className="wrap-anywhere">
          {label}
          {isRequired && (
            <Text component="span" c="var(--mantine-color-error)" aria-hidden>
              {' '}
              *
            </Text>
          )}
        </Text>
        {action}
      </Group>
      {typeof description === 'string' && (
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      )}
      {problem && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
      {children !== undefined && children !== null && children !== false && <div className="field-group-inner">{children}</div>}
    </Box>
  )
}
