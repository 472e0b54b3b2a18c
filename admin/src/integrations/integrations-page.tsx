import type { Integration } from '@crosswalk/client'
import { Badge, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { IconCheck, IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink, useLinkTo } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { hasText } from '../elements/plain-text.ts'
import { SearchBox } from '../elements/search-box.tsx'
import { LoadProblems } from '../parts/load-problems.tsx'
import { missingOf, unmadeOf } from '../parts/value-form/requirements.ts'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappedOrganizations } from '../queries/mappings.ts'
import { useUrlState } from '../url-state.ts'

const header = <PageHeader title="Integrations" description="The tools that your organizations can be connected with." />

const readsSecretsTitle = 'Reads secrets'

/** Whether its code has secrets in its memory; others name theirs. */
const readsSecrets = ({ credentials, required_secrets }: Integration) => credentials === 'read' && required_secrets.length > 0

/** The outside systems that the workspace knows. */
export function IntegrationsPage() {
  const [{ q }, change] = useUrlState({ q: '' })
  const { data, error, refetch, isFetching } = useQuery(integrationsFor())
  if (!data) {
    return (
      <>
        {header}
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading integrations"
          failed="The integrations could not be loaded"
        />
      </>
    )
  }
  const wanted = data.integrations.filter((integration) => {
    const { name, display_name, description } = integration
    return hasText(`${name} ${display_name} ${description} ${readsSecrets(integration) ? readsSecretsTitle : ''}`, q)
  })
  return (
    <>
      {header}
      <LoadProblems problems={data.problems} />
      {data.integrations.length === 0 ? (
        <EmptyState icon={<IconPlugConnected />} title="No integrations yet">
          An integration is a TypeScript file in the workspace folder <code>integrations</code>. Save one there, and it appears here. Those
          that come along are switched off: see CROSSWALK_INTEGRATIONS.
        </EmptyState>
      ) : (
        <Stack>
          <SearchBox label="Search integrations" value={q} onSearch={(next) => change({ q: next })} />
          {wanted.length === 0 && <Text c="dimmed">No integration fits the search.</Text>}
          <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>
            {wanted.map((integration) => (
              <Card key={integration.name} integration={integration} />
            ))}
          </SimpleGrid>
        </Stack>
      )}
    </>
  )
}

function Card({ integration }: { integration: Integration }) {
  const { name, display_name, description, supports_org_mapping, supports_discovery, is_ready_made, is_on } = integration
  const missing = missingOf(integration)
  const unmade = unmadeOf(integration)
  const open = useLinkTo(paths.integration(name))
  return (
    <Stack className="panel" p="md" gap="sm" justify="space-between">
      <div>
        <AppLink to={paths.integration(name)} fw={650} fz="lg">
          {display_name}
        </AppLink>
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      </div>
      {supports_org_mapping && <MappedCount name={name} />}
      <Group gap={6}>
        {supports_org_mapping ? (
          <Badge variant="light" color="green" tt="none" leftSection={<IconCheck size={12} />}>
            Integration Mapping Enabled
          </Badge>
        ) : (
          <Badge variant="light" color="gray" tt="none">
            No organization mapping
          </Badge>
        )}
        {supports_discovery && (
          <Badge variant="light" tt="none">
            Discovery
          </Badge>
        )}
        {readsSecrets(integration) && (
          <Badge variant="light" color="yellow" tt="none" title="Its code holds them while it runs">
            {readsSecretsTitle}
          </Badge>
        )}
        {!is_on && (
          <Badge variant="light" color="gray" tt="none">
            Switched off
          </Badge>
        )}
        {missing.length === 0 && unmade.length === 0 ? (
          <Badge variant="light" color="green" tt="none" leftSection={<IconCheck size={12} />}>
            Credentials set
          </Badge>
        ) : missing.length === 0 ? (
          <Badge variant="light" color="red" tt="none" component="a" {...open} style={{ cursor: 'pointer' }}>
            Not connected: {unmade.map(({ label }) => label).join(', ')}
          </Badge>
        ) : is_ready_made ? (
          <Badge variant="light" color="gray" tt="none" component="a" {...open} style={{ cursor: 'pointer' }}>
            Not connected
          </Badge>
        ) : (
          <Badge variant="light" color="red" tt="none" component="a" {...open} style={{ cursor: 'pointer' }}>
            Missing: {missing.map(({ label }) => label).join(', ')}
          </Badge>
        )}
      </Group>
    </Stack>
  )
}

/** For how many of the organizations it is mapped, with the way to the others. */
function MappedCount({ name }: { name: string }) {
  const { data, error } = useQuery(mappedOrganizations)
  if (!data) return error ? <Text size="sm">Mapped organizations: unknown</Text> : <Skeleton height={20} width={180} />
  const mapped = data.ofIntegration.get(name) ?? 0
  return (
    <Group gap="xs" justify="space-between">
      <AppLink to={paths.integrationOrganizations(name)} fz="sm">
        {mapped.toLocaleString()} of {data.active.toLocaleString()} {data.active === 1 ? 'organization' : 'organizations'} mapped
      </AppLink>
      {mapped < data.active && (
        <AppLink to={paths.integrationOrganizations(name, { show: 'unmapped' })} fz="sm">
          {(data.active - mapped).toLocaleString()} not mapped
        </AppLink>
      )}
    </Group>
  )
}
