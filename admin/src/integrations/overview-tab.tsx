import type { IntegrationRequiredSecretsItem } from '@crosswalk/client'
import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { SetStatus } from '../elements/status-badge.tsx'
import { integrationOf } from '../queries/integrations.ts'
import { ValueForm, type ValueKind } from '../value-form/value-form.tsx'

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
    ['Name in code', <Code key="name">{data.name}</Code>],
    ['File', <Code key="file">{data.file}</Code>],
  ]
  return (
    <Stack>
      <Panel
        title="Credentials and config"
        description="Set here, they count for every organization that has none of its own. Secrets are never shown again."
      >
        {data.required_secrets.length + data.required_config.length === 0 ? (
          <Text size="sm">It needs none.</Text>
        ) : (
          <Stack gap="sm">
            <Requirements kind="secret" items={data.required_secrets} />
            <Requirements kind="config" items={data.required_config} />
          </Stack>
        )}
      </Panel>
      <Panel title="Details">
        <FactsTable facts={facts} labelWidth={180} />
      </Panel>
    </Stack>
  )
}

function Requirements({ kind, items }: { kind: ValueKind; items: IntegrationRequiredSecretsItem[] }) {
  const [editing, setEditing] = useState<IntegrationRequiredSecretsItem>()
  return (
    <>
      {items.map((item) => (
        <Group key={item.key} justify="space-between" gap="sm">
          <div>
            <Text fw={600}>
              {item.label}{' '}
              <Text span size="sm" c="dimmed" fw={400}>
                {kind === 'secret' ? 'secret' : 'config'}, {item.required ? 'required' : 'optional'}
              </Text>
            </Text>
            <Text size="sm" c="dimmed">
              <Code>{item.key}</Code> {item.description}
            </Text>
          </div>
          <Group gap="sm">
            <SetStatus isSet={item.is_set} isRequired={item.required} />
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setEditing(item)}
              aria-label={`${item.is_set ? 'Replace' : 'Set'} ${item.label}`}
            >
              {item.is_set ? 'Replace' : 'Set'}
            </Button>
          </Group>
        </Group>
      ))}
      {editing && (
        <ValueForm kind={kind} orgId={null} initial={{ key: editing.key, label: editing.label }} onClose={() => setEditing(undefined)} />
      )}
    </>
  )
}
