import type { ExecutionDetail } from '@crosswalk/client'
import { Alert, Code, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { FailureRemedy } from '../parts/causes/failure-remedy.tsx'
import { ErrorRest } from './error-rest.tsx'

type FailurePanelProps = { error: NonNullable<ExecutionDetail['error']>; orgId: string | null; orgName: string | null }

/** Why an execution failed, what mends it, and its stack. */
export function FailurePanel({ error, orgId, orgName }: FailurePanelProps) {
  const { stack, guidance, remedy: _remedy, integration_name: _integration, failure_kind: _kind, ...rest } = error.details
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'code'))
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={error.type}>
      <Stack gap="xs">
        <Text className="wrap-anywhere">{error.message}</Text>
        {typeof guidance === 'string' && !error.message.includes(guidance) && <Text fw={600}>{guidance}</Text>}
        <FailureRemedy details={error.details} orgId={orgId} orgName={orgName} />
        {typeof error.details.code === 'string' && (
          <Text size="sm">
            Code <Code>{error.details.code}</Code>
          </Text>
        )}
        <ErrorRest others={others} stack={stack} />
      </Stack>
    </Alert>
  )
}
