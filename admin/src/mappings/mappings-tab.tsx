import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ActionButton } from '../elements/action-button.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { organizationOf } from '../queries/organizations.ts'
import { useUrlState } from '../url-state.ts'
import { MappingDrawer } from './mapping-drawer.tsx'
import { MappingsTable } from './mappings-table.tsx'

function countDeactivated(count: number): string {
  return count === 1
    ? 'One mapping is deactivated. It can be activated again.'
    : `${count} mappings are deactivated. They can be activated again.`
}

/** Which external organizations an organization is. */
export function MappingsTab() {
  const { orgId = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ show: 'active', mapping: '', integration: '', external: '', called: '' })
  const organization = useQuery(organizationOf(orgId)).data
  const lack = useLack('canManageMappings', orgId)
  const { data, error, refetch, isFetching } = useQuery(mappingsOf(orgId))
  const opened = data?.find(({ id }) => id === url.mapping)
  const shown = data?.filter(({ is_active }) => is_active || url.show === 'all') ?? []
  const reason = organization?.is_active === false ? 'The organization is deactivated.' : lack
  const add = (
    <ActionButton leftSection={<IconPlus size={16} />} reason={reason} onClick={() => change({ mapping: 'new' }, { push: true })}>
      Add Integration Mapping
    </ActionButton>
  )
  return (
    <>
      <MappingDrawer
        orgId={orgId}
        orgName={organization?.name ?? 'The organization'}
        isOpen={url.mapping === 'new' || opened !== undefined}
        onClose={() => change({ mapping: '', integration: '', external: '', called: '' })}
        proposed={{ integrationName: url.integration, externalOrgId: url.external, externalOrgName: url.called }}
        {...(opened ? { mapping: opened } : {})}
      />
      <Stack>
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading mappings"
          failed="The mappings could not be loaded"
          stale="The list may be out of date"
        />
        {data && (
          <>
            {data.length > 0 && (
              <Group justify="space-between">
                <SegmentedControl
                  aria-label="Which mappings"
                  data={[
                    { value: 'active', label: 'Active' },
                    { value: 'all', label: 'All' },
                  ]}
                  value={url.show}
                  onChange={(show) => change({ show })}
                />
                {shown.length > 0 && add}
              </Group>
            )}
            {shown.length === 0 ? (
              <EmptyState
                icon={<IconPlugConnected />}
                title={url.show === 'all' ? 'No mappings' : 'No active mappings'}
                action={
                  <Group justify="center">
                    {data.length > 0 && (
                      <Button variant="default" onClick={() => change({ show: 'all' })}>
                        Show all
                      </Button>
                    )}
                    {add}
                  </Group>
                }
              >
                {data.length > 0 && <Text mb="xs">{countDeactivated(data.length)}</Text>}A mapping says which organization of a tool{' '}
                {organization?.name ?? 'this organization'} is, so that workflows reach the right data.
              </EmptyState>
            ) : (
              <MappingsTable
                orgId={orgId}
                mappings={shown}
                reason={reason}
                onEdit={(mapping) => change({ mapping: mapping.id }, { push: true })}
              />
            )}
          </>
        )}
      </Stack>
    </>
  )
}
