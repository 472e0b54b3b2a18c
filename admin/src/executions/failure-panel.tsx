import type { ExecutionDetail } from '@crosswalk/client'
import { Alert, Code, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { JsonBlock } from '../elements/json-block.tsx'
import { paths } from '../paths.ts'
import { integrationOf } from '../queries/integrations.ts'

/** Why an execution failed, with its stack. */
export function FailurePanel({ error }: { error: NonNullable<ExecutionDetail['error']> }) {
  const { stack, guidance, integration_name: integration, ...rest } = error.details
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'code'))
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={error.type}>
      <Stack gap="xs">
        <Text className="wrap-anywhere">{error.message}</Text>
        {typeof guidance === 'string' && <Text fw={600}>{guidance}</Text>}
        {typeof integration === 'string' && <CredentialsLink name={integration} />}
        {typeof error.details.code === 'string' && (
          <Text size="sm">
            Code <Code>{error.details.code}</Code>
          </Text>
        )}
        {Object.keys(others).length > 0 && <JsonBlock value={others} label="What else the error says" maxHeight={200} />}
        {typeof stack === 'string' && (
          <details>
            <summary>Where it happened</summary>
            <JsonBlock value={stack} label="Stack" maxHeight={260} />
          </details>
        )}
      </Stack>
    </Alert>
  )
}

/** To where what the guidance speaks of is set. */
function CredentialsLink({ name }: { name: string }) {
  const { data } = useQuery(integrationOf(name))
  return (
    <AppLink to={paths.integration(name)} fz="sm">
      Open the credentials of {data?.display_name ?? name}
    </AppLink>
  )
}
