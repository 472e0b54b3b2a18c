import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { RouteTabs } from '../elements/route-tabs.tsx'
import { paths } from '../paths.ts'
import { integrationOf } from '../queries/integrations.ts'
import { IntegrationSwitch } from './integration-switch.tsx'

const trail = [{ label: 'Integrations', to: paths.integrations() }]

/** One integration: its name above, its tabs' pages below. */
export function IntegrationLayout() {
  const { name = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(integrationOf(name))
  if (!data) {
    return (
      <>
        <PageHeader title={name} trail={trail} />
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading the integration"
          failed="This integration could not be loaded"
        />
      </>
    )
  }
  const discovery = [
    { label: 'Discovered', to: paths.integrationDiscovered(name) },
    { label: 'Discovery history', to: paths.integrationHistory(name) },
  ]
  return (
    <>
      <PageHeader
        title={data.display_name}
        trail={trail}
        description={data.description}
        badge={
          !data.is_on && (
            <Badge variant="light" color="gray" tt="none">
              Switched off
            </Badge>
          )
        }
        actions={data.is_ready_made && <IntegrationSwitch integration={data} />}
      />
      <RouteTabs
        label="Integration"
        tabs={[
          { label: 'Overview', to: paths.integration(name) },
          ...(data.supports_org_mapping ? [{ label: 'Organizations', to: paths.integrationOrganizations(name) }] : []),
          ...(data.supports_org_mapping && data.supports_discovery ? [{ label: 'Match', to: paths.integrationMatch(name) }] : []),
          ...(data.supports_discovery ? discovery : []),
        ]}
      >
        <Outlet />
      </RouteTabs>
    </>
  )
}
