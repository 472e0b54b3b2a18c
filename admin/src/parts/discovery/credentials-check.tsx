import type { Integration } from '@crosswalk/client'
import { Alert, Group, Text } from '@mantine/core'
import { IconCircleCheck, IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ActionButton } from '../../elements/action-button.tsx'
import { ErrorNotice } from '../../elements/error-notice.tsx'
import { discoveryRunsOf } from '../../queries/integrations.ts'
import type { Discovery } from '../../queries/use-discovery.ts'
import { configOf, secretsOf } from '../../queries/values.ts'
import { countedOrganizations } from '../counted.ts'
import { useLackForAll, useMay } from '../grants/use-may.ts'
import { requirementsOf } from '../value-form/requirements.ts'
import { askingText } from './discover-now.tsx'

/** Asks the vendor for its organizations, which shows whether the global credentials are right, and says so. */
export function CredentialsCheck({ integration, discovery }: { integration: Integration; discovery: Discovery }) {
  const { name, display_name: vendor } = integration
  const lack = useLackForAll('canManageMappings', { integration: name })
  const { list, error, isRunning, seenSoFar, discover } = discovery
  const check = () => discover({ refresh: true })
  const hasFailed = error !== null && error !== undefined && !isRunning
  return (
    <>
      <Group>
        <ActionButton variant="default" leftSection={<IconPlugConnected size={16} />} onClick={check} loading={isRunning} reason={lack}>
          Check credentials
        </ActionButton>
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
  const { name, supports_discovery } = integration
  const maySeeRuns = useMay('canViewMappings', null, { integration: name })
  const [last] = useQuery({ ...discoveryRunsOf(name, undefined), enabled: supports_discovery && maySeeRuns }).data ?? []
  const secrets = useQuery({ ...secretsOf(null), enabled: useMay('canManageSecrets', null) }).data
  const config = useQuery({ ...configOf(null), enabled: useMay('canViewConfigValues', null) }).data
  if (!secrets || !config || last?.status !== 'success') return false
  const keys = new Set(requirementsOf(integration).map(({ key }) => key))
  return [...secrets, ...config].every(({ key, updated_at }) => !keys.has(key) || updated_at <= last.started_at)
}
