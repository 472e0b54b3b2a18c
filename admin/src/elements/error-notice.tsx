import { isApiError } from '@crosswalk/client'
import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** The sentence of an error for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function guidanceOf(error: unknown): string | undefined {
  const guidance = isApiError(error) ? error.details.guidance : undefined
  return typeof guidance === 'string' && !messageOf(error).includes(guidance) ? guidance : undefined
}

type ErrorNoticeProps = {
  error: unknown
  title?: string
  onRetry?: () => void
  isRetrying?: boolean
  actions?: ReactNode
  children?: ReactNode
}

/** A failure: what happened, what to do, the code and the request id for those who help, and another try. */
export function ErrorNotice({ error, title = 'This did not work', onRetry, isRetrying = false, actions, children }: ErrorNoticeProps) {
  const guidance = guidanceOf(error)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={title} role="alert">
      <Stack gap="xs">
        <Text size="sm" className="wrap-anywhere">
          {messageOf(error)}
        </Text>
        {guidance && (
          <Text size="sm" fw={600}>
            {guidance}
          </Text>
        )}
        {children}
        <Group gap="sm">
          {onRetry && (
            <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry} loading={isRetrying}>
              Try again
            </Button>
          )}
          {actions}
          {isApiError(error) && (
            <Text size="xs" c="dimmed" className="wrap-anywhere">
              <Code>{error.code}</Code>
              {error.requestId && <> · request {error.requestId}</>}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
