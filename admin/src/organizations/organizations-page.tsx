import type { ListOrganizationsDirection, ListOrganizationsParams, ListOrganizationsSort } from '@crosswalk/client'
import { Button, Group, Menu, Select, Stack, Text } from '@mantine/core'
import { IconBuilding, IconFileImport, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { countedOrganizations } from '../parts/counted.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { given } from '../queries/every-page.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { organizationFields } from '../queries/organization-fields.ts'
import { organizationsPage } from '../queries/organizations.ts'
import { useGo, useUrlState } from '../url-state.ts'
import { FieldFilter } from './field-filter.tsx'
import { OrganizationForm } from './organization-form.tsx'
import { OrganizationsTable } from './organizations-table.tsx'

const perPage = 25

const statuses: Record<string, ListOrganizationsParams> = { active: { is_active: 'true' }, inactive: { is_active: 'false' } }

/** An integration that can list the customers, so that none of them has to be typed. */
function useLister() {
  const integrations = useQuery(integrationsFor()).data?.integrations ?? []
  return integrations.find((each) => each.supports_org_mapping && each.supports_discovery)
}

/** The ways to add many at once. */
function AddFrom() {
  const go = useGo()
  const lister = useLister()
  const reason = useLack('canManageOrganizations')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconFileImport size={16} />}>
          Import
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={reason !== undefined} onClick={() => go(paths.organizationImport())}>
          From a CSV file
        </Menu.Item>
        {lister && (
          <Menu.Item disabled={reason !== undefined} onClick={() => go(paths.integrationMatch(lister.name, { view: 'add' }))}>
            From {lister.display_name}
          </Menu.Item>
        )}
        {reason !== undefined && <Menu.Label>{reason}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}

function FirstActions({ add }: { add: ReactNode }) {
  const go = useGo()
  const lister = useLister()
  return (
    <Group justify="center">
      {add}
      {lister && (
        <Button variant="default" onClick={() => go(paths.integrationMatch(lister.name, { view: 'add' }))}>
          Add them from an integration
        </Button>
      )}
    </Group>
  )
}

/** The customers. */
export function OrganizationsPage() {
  const [url, change] = useUrlState({
    q: '',
    tag: '',
    field: '',
    value: '',
    status: 'all',
    sort: 'name',
    direction: 'asc',
    cursor: '',
    add: '',
  })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(
    organizationsPage({
      ...given({ search: url.q, tag: url.tag, cursor: url.cursor }),
      ...(url.field === '' ? {} : { [`field.${url.field}`]: url.value }),
      ...statuses[url.status],
      sort: url.sort as ListOrganizationsSort, // the server refuses another one, which is shown
      direction: url.direction as ListOrganizationsDirection, // likewise
      limit: perPage,
    }),
  )
  const fields = useQuery(organizationFields).data ?? []
  const reason = useLack('canManageOrganizations')
  const add = (
    <ActionButton leftSection={<IconPlus size={16} />} reason={reason} onClick={() => change({ add: 'yes' }, { push: true })}>
      Add organization
    </ActionButton>
  )
  const header = (
    <PageHeader
      title="Organizations"
      description="Your customers. Open one to connect it with your tools and to see what ran for it."
      actions={
        <>
          <AddFrom />
          {add}
        </>
      }
    />
  )
  const form = <OrganizationForm isOpen={url.add !== ''} onClose={() => change({ add: '' })} />
  const state = (
    <LoadState
      query={{ data, error, refetch, isFetching }}
      label="Loading organizations"
      failed="The organizations could not be loaded"
      stale="The list may be out of date"
    />
  )
  if (!data) {
    return (
      <>
        {header}
        {state}
      </>
    )
  }
  if (data.total === 0 && url.q === '' && url.tag === '' && url.field === '' && url.status === 'all') {
    return (
      <>
        {header}
        <EmptyState icon={<IconBuilding />} title="No organizations yet" action={<FirstActions add={add} />}>
          An organization is one of your customers. Add the first one, then connect it with the tools that you use for it.
        </EmptyState>
        {form}
      </>
    )
  }
  return (
    <>
      {header}
      <Stack>
        <Group>
          <SearchBox label="Search by name or domain" value={url.q} onSearch={(q) => change({ q, cursor: '' })} />
          <Select
            aria-label="Status"
            data={[
              { value: 'all', label: 'Active and deactivated' },
              { value: 'active', label: 'Active' },
              { value: 'inactive', label: 'Deactivated' },
            ]}
            value={url.status}
            onChange={(status) => change({ status: status ?? 'all', cursor: '' })}
            allowDeselect={false}
            w={220}
          />
          <SearchBox label="Only with this tag" value={url.tag} onSearch={(tag) => change({ tag, cursor: '' })} w={180} />
          <FieldFilter
            fields={fields}
            field={url.field}
            value={url.value}
            onChange={(field, value) => change({ field, value, cursor: '' })}
          />
          <Text size="sm" c="dimmed" role="status">
            {countedOrganizations(data.total)}
          </Text>
        </Group>
        {state}
        <OrganizationsTable
          organizations={data.organizations}
          sorting={{ column: url.sort, direction: url.direction === 'desc' ? 'desc' : 'asc' }}
          onSort={({ column, direction }) => change({ sort: column, direction, cursor: '' })}
          isRefreshing={isPlaceholderData}
        />
        <PageTurner
          cursor={url.cursor}
          nextCursor={data.next_cursor}
          onTurn={(cursor) => change({ cursor }, { push: true })}
          words="pages"
        />
      </Stack>
      {form}
    </>
  )
}
