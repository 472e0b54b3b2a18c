import { Button, Group, SegmentedControl, Stack } from '@mantine/core'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../elements/empty-state.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { mappingsOf } from '../queries/mappings.ts'
import { organizationOf } from '../queries/organizations.ts'
import { useUrlState } from '../url-state.ts'
import { MappingDrawer } from './mapping-drawer.tsx'
import { MappingsTable } from './mappings-table.tsx'

/** Which external organizations an organization is. */
export function MappingsTab() {
  const { orgId = '' } = useParams({ strict: false })
  const [url, change] = useUrlState({ show: 'active', mapping: '', integration: '' })
  const organization = useQuery(organizationOf(orgId)).data
  const { data, error, refetch, isFetching } = useQuery(mappingsOf(orgId, url.show === 'active'))
  const every = useQuery({ ...mappingsOf(orgId, false), enabled: url.mapping !== '' && url.mapping !== 'new' })
  const opened = [...(data ?? []), ...(every.data ?? [])].find(({ id }) => id === url.mapping)
  const isInactive = organization?.is_active === false
  const add = (
    <Button
      leftSection={<IconPlus size={16} />}
      disabled={isInactive}
      title={isInactive ? 'The organization is deactivated.' : undefined}
      onClick={() => change({ mapping: 'new' }, { push: true })}
    >
      Add Integration Mapping
    </Button>
  )
  return (
    <>
      <MappingDrawer
        orgId={orgId}
        orgName={organization?.name ?? 'The organization'}
        isOpen={url.mapping === 'new' || opened !== undefined}
        onClose={() => change({ mapping: '', integration: '' })}
        integrationName={url.integration}
        {...(opened ? { mapping: opened } : {})}
      />
      {!data &&
        (error ? (
          <ErrorNotice error={error} title="The mappings could not be loaded" onRetry={refetch} isRetrying={isFetching} />
        ) : (
          <Loading label="Loading mappings" />
        ))}
      {data && (
        <Stack>
          {(data.length > 0 || url.show === 'all') && (
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
              {data.length > 0 && add}
            </Group>
          )}
          {error && <ErrorNotice error={error} title="The list may be out of date" onRetry={refetch} isRetrying={isFetching} />}
          {data.length === 0 ? (
            <EmptyState icon={<IconPlugConnected />} title={url.show === 'all' ? 'No mappings' : 'No active mappings'} action={add}>
              A mapping says which organization of a tool {organization?.name ?? 'this organization'} is, so that workflows reach the right
              data.
            </EmptyState>
          ) : (
            <MappingsTable orgId={orgId} mappings={data} onEdit={(mapping) => change({ mapping: mapping.id }, { push: true })} />
          )}
        </Stack>
      )}
    </>
  )
}
