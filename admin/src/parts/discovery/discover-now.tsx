import { Group, Text } from '@mantine/core'
import { IconWorldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ActionButton } from '../../elements/action-button.tsx'
import { AppLink } from '../../elements/app-link.tsx'
import { ErrorNotice } from '../../elements/error-notice.tsx'
import { paths } from '../../paths.ts'
import { integrationsFor } from '../../queries/integrations.ts'
import { useDiscovery } from '../../queries/use-discovery.ts'
import { useLackIn } from '../grants/use-may.ts'
import { credentialsObstacle } from '../value-form/requirements.ts'

type DiscoverNowProps = {
  name: string
  orgId: string | undefined
  /** Whether what was discovered before stands below. */
  hasListBelow: boolean
}

/** Asks the vendor now, with an organization's credentials or without one with the global ones; says how far it is and what came of it. */
export function DiscoverNow({ name, orgId, hasListBelow }: DiscoverNowProps) {
  const integration = useQuery(integrationsFor(orgId)).data?.integrations.find((each) => each.name === name)
  const { list, error, isRunning, seenSoFar, discover } = useDiscovery(name, orgId)
  const obstacle = integration && credentialsObstacle(integration)
  const lack = useLackIn('canManageMappings', orgId ?? null, { integration: name })
  const vendor = integration?.display_name ?? name
  const ask = () => discover({ refresh: true })
  return (
    <>
      <Group>
        <ActionButton
          variant="default"
          leftSection={<IconWorldSearch size={16} />}
          onClick={ask}
          loading={isRunning}
          reason={lack ?? obstacle}
        >
          Discover now
        </ActionButton>
        <Text size="sm" c="dimmed" role="status">
          {isRunning && askingText(vendor, seenSoFar)}
          {!isRunning && list && `${vendor} lists ${list.organizations.length.toLocaleString()} organizations.`}
          {!isRunning && obstacle && (
            <>
              {obstacle} <AppLink to={paths.integration(name)}>Open its credentials</AppLink>
            </>
          )}
        </Text>
      </Group>
      {error !== null && error !== undefined && !isRunning && (
        <ErrorNotice error={error} title={`Could not reach ${vendor}`} onRetry={ask}>
          {hasListBelow && <Text size="sm">The list below is from the last successful discovery.</Text>}
        </ErrorNotice>
      )}
    </>
  )
}

/** How far a discovery is that is under way. */
export function askingText(vendor: string, seenSoFar: number | undefined): string {
  return seenSoFar === undefined ? `Contacting ${vendor}…` : `${seenSoFar.toLocaleString()} so far…`
}
