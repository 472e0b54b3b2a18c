import type { Integration } from '@crosswalk/client'
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCircleCheck, IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ErrorNotice } from '../../elements/error-notice.tsx'
import { discoveryRunsOf } from '../../queries/integrations.ts'
import type { Discovery } from '../../queries/use-discovery.ts'
import { configOf, secretsOf } from '../../queries/values.ts'
import { countedOrganizations } from '../counted.ts'
import { useMayForAll } from '../grants/use-may.ts'
import { requirementsOf } from '../value-form/requirements.ts'
import { askingText } from './discover-now.tsx'

/** Asks the vendor for its organizations, which shows whether the global credentials are right, and says so. */
export function CredentialsCheck({ vendor, discovery }: { vendor: string; discovery: Discovery }) {
  const { list, error, isRunning, seenSoFar, discover } = discovery
  const check = () => discover({ refresh: true })
  const hasFailed = error !== null && error !== undefined && !isRunning
  return (
    <>
      <Group>
        <Button variant="default" leftSection={<IconPlugConnected size={16} />} onClick={check} loading={isRunning}>
          Check credentials
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {isRunning && askingText(vendor, seenSoFar)}
          {!isRunning && !list && !hasFailed && `Loads the organizations of ${vendor}, which shows whether the credentials work.`}
        </Text>
      </Group>
      {list && !isRunning && !hasFailed && (
        <Alert color="green" variant="light" icon={<IconCircleCheck />} role="status">
          {vendor} accepts the credentials: it lists {countedOrganizations(list.organizations.length)}.
        </Alert>
      )}
      {hasFailed && <ErrorNotice error={error} title={`${vendor} did not confirm the credentials`} onRetry={check} />}
    </>
  )
}

/** Whether the vendor was last asked with the global credentials as they are now, and answered. */
export function useAreCredentialsChecked(integration: Integration): boolean {
  const maySeeRuns = useMayForAll('canViewMappings', { integration: integration.name })
  const runs = { ...discoveryRunsOf(integration.name, undefined), enabled: integration.supports_discovery && maySeeRuns }
  const [last] = useQuery(runs).data ?? []
  const secrets = useQuery({ ...secretsOf(null), enabled: useMayForAll('canManageSecrets') }).data
  const config = useQuery({ ...configOf(null), enabled: useMayForAll('canViewConfigValues') }).data
  if (!secrets || !config || last?.status !== 'success') return false
  const keys = new Set(requirementsOf(integration).map(({ key }) => key))
  return [...secrets, ...config].every(({ key, updated_at }) => !keys.has(key) || updated_at <= last.started_at)
}
