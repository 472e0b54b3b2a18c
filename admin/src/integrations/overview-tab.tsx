import { Code, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { ChangedBy } from '../parts/changed-by.tsx'
import { integrationOf } from '../queries/integrations.ts'
import { ConnectionsPanel } from './connections-panel.tsx'
import { CredentialsPanel } from './credentials-panel.tsx'
import { VendorsPanel } from './vendors-panel.tsx'

/** What an integration needs, and what it can do. */
export function IntegrationOverviewTab() {
  const { name = '' } = useParams({ strict: false })
  const { data } = useQuery(integrationOf(name))
  if (!data) return null
  const facts: Fact[] = [
    ['Organization mapping', data.supports_org_mapping ? 'Integration Mapping Enabled' : 'Not supported'],
    [
      'Discovery',
      data.supports_discovery
        ? `Supported; a list is fresh for ${durationText(data.discovery_cache_seconds * 1_000)}`
        : 'Not supported: ids are entered by hand',
    ],
    [
      'Sharing',
      data.shared_external_orgs
        ? 'Several organizations may be mapped to the same external organization'
        : 'An external organization belongs to one organization',
    ],
    [
      'Secrets',
      data.credentials === 'named'
        ? 'Named: the platform puts them into requests, and code never holds them'
        : 'Read: its code holds them while it runs',
    ],
    ['Name in code', <Code key="name">{data.name}</Code>],
    ['File', <Code key="file">{data.file}</Code>],
  ]
  return (
    <Stack>
      <CredentialsPanel key={data.name} integration={data} />
      {data.connections.length > 0 && <ConnectionsPanel integration={data} />}
      <VendorsPanel integration={data.name} />
      <Panel title="Details">
        <FactsTable facts={facts} labelWidth={180} />
        <ChangedBy type="integration" id={data.name} orgId={null} version={JSON.stringify(data)} />
      </Panel>
    </Stack>
  )
}
