import type { Organization } from '@crosswalk/client'
import { Alert, Button, Group, Pagination, Select, Stack, Text } from '@mantine/core'
import { IconBuilding, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { EmptyState } from '../elements/empty-state.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mostOrganizations, organizationsLike } from '../queries/organizations.ts'
import { useGo, useUrlState } from '../url-state.ts'
import { OrganizationForm } from './organization-form.tsx'
import { OrganizationsTable } from './organizations-table.tsx'

const perPage = 25

const keyOf: Record<string, (organization: Organization) => string> = {
  name: ({ name }) => name.toLocaleLowerCase(),
  is_active: ({ is_active, name }) => `${is_active ? 0 : 1} ${name.toLocaleLowerCase()}`,
  created_at: ({ created_at }) => created_at,
}

function sorted(organizations: Organization[], sort: string, direction: string): Organization[] {
  const key = keyOf[sort] ?? keyOf.name
  if (!key) return organizations
  const sign = direction === 'desc' ? -1 : 1
  return organizations.toSorted((a, b) => sign * key(a).localeCompare(key(b), undefined, { numeric: true }))
}

/** With a tool that can list the customers, none of them has to be typed. */
function FirstActions({ add }: { add: ReactNode }) {
  const go = useGo()
  const integrations = useQuery(integrationsFor()).data?.integrations ?? []
  const lister = integrations.find((each) => each.supports_org_mapping && each.supports_discovery)
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
  const [url, change] = useUrlState({ q: '', status: 'all', sort: 'name', direction: 'asc', page: '1', add: '' })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(organizationsLike(url.q))
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => change({ add: 'yes' }, { push: true })}>
      Add Organization
    </Button>
  )
  const header = (
    <PageHeader
      title="Organizations"
      description="Your customers. Open one to connect it with your tools and to see what ran for it."
      actions={add}
    />
  )
  const form = <OrganizationForm isOpen={url.add !== ''} onClose={() => change({ add: '' })} />
  if (!data) {
    return (
      <>
        {header}
        {error ? (
          <ErrorNotice error={error} title="The organizations could not be loaded" onRetry={refetch} isRetrying={isFetching} />
        ) : (
          <Loading label="Loading organizations" />
        )}
      </>
    )
  }
  if (data.items.length === 0 && url.q === '') {
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
  const wanted = url.status === 'all' ? data.items : data.items.filter(({ is_active }) => is_active === (url.status === 'active'))
  const pages = Math.max(1, Math.ceil(wanted.length / perPage))
  const page = Math.min(pages, Math.max(1, Number.parseInt(url.page, 10) || 1))
  const visible = sorted(wanted, url.sort, url.direction).slice((page - 1) * perPage, page * perPage)
  return (
    <>
      {header}
      <Stack>
        <Group>
          <SearchBox label="Search by name or domain" value={url.q} onSearch={(q) => change({ q, page: '1' })} />
          <Select
            aria-label="Status"
            data={[
              { value: 'all', label: 'Active and deactivated' },
              { value: 'active', label: 'Active' },
              { value: 'inactive', label: 'Deactivated' },
            ]}
            value={url.status}
            onChange={(status) => change({ status: status ?? 'all', page: '1' })}
            allowDeselect={false}
            w={220}
          />
          <Text size="sm" c="dimmed" role="status">
            {wanted.length.toLocaleString()} {wanted.length === 1 ? 'organization' : 'organizations'}
          </Text>
        </Group>
        {error && <ErrorNotice error={error} title="The list may be out of date" onRetry={refetch} isRetrying={isFetching} />}
        {!data.isComplete && (
          <Alert color="orange" variant="light">
            These are the first {mostOrganizations.toLocaleString()}. Search to find the others.
          </Alert>
        )}
        <OrganizationsTable
          organizations={visible}
          sorting={{ column: url.sort, direction: url.direction === 'desc' ? 'desc' : 'asc' }}
          onSort={({ column, direction }) => change({ sort: column, direction, page: '1' })}
          isRefreshing={isPlaceholderData}
        />
        {pages > 1 && (
          <Pagination
            total={pages}
            value={page}
            onChange={(next) => change({ page: String(next) }, { push: true })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
            getItemProps={(number) => ({ 'aria-label': `Page ${number}` })}
          />
        )}
      </Stack>
      {form}
    </>
  )
}
