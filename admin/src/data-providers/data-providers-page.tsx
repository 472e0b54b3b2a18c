import type { DataProvider } from '@crosswalk/client'
import { Button, Code, Grid, Group, Select, Stack, Table, Text } from '@mantine/core'
import { IconListSearch, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { EmptyState } from '../elements/empty-state.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { LoadProblems } from '../parts/load-problems.tsx'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { hasNoFields } from '../parts/schema-form/form-schema.ts'
import { LazySchemaForm } from '../parts/schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import { allDataProviders, optionsOf } from '../queries/workflows.ts'
import { useUrlState } from '../url-state.ts'

const header = <PageHeader title="Data providers" description="They provide the options of form fields. Try one for an organization." />

/** Trying a data provider. */
export function DataProvidersPage() {
  const [url, change] = useUrlState({ name: '', org: '' })
  const { data, error, refetch, isFetching } = useQuery(allDataProviders)
  if (!data) {
    return (
      <>
        {header}
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Loading data providers"
          failed="The data providers could not be loaded"
        />
      </>
    )
  }
  const provider = data.dataProviders.find(({ name }) => name === url.name) ?? data.dataProviders[0]
  return (
    <>
      {header}
      <LoadProblems problems={data.problems} />
      {provider ? (
        <Stack>
          <Group align="flex-start">
            <Select
              label="Data provider"
              w={300}
              data={data.dataProviders.map(({ name }) => name)}
              value={provider.name}
              onChange={(name) => change({ name: name ?? '' })}
              allowDeselect={false}
              searchable={data.dataProviders.length > 8}
            />
            <OrganizationSelect isRequired label="Organization" value={url.org} onChange={(org) => change({ org })} />
          </Group>
          <Trial key={`${provider.name} ${url.org}`} provider={provider} orgId={url.org} />
        </Stack>
      ) : (
        <EmptyState icon={<IconListSearch />} title="No data providers yet">
          A data provider is a TypeScript file in the workspace folder <code>data-providers</code>. Save one there, and it appears here.
        </EmptyState>
      )}
    </>
  )
}

function Trial({ provider, orgId }: { provider: DataProvider; orgId: string }) {
  const [parameters, setParameters] = useState<Record<string, unknown>>({})
  const [asked, setAsked] = useState<Record<string, unknown>>()
  const form = useRef<SchemaFormHandle>(null)
  const { data, error, isFetching, refetch } = useQuery({
    ...optionsOf(provider.name, orgId, asked ?? {}),
    enabled: asked !== undefined,
    staleTime: 0,
  })
  const ask = () => {
    if (form.current?.validate() === false) return
    if (asked !== undefined && JSON.stringify(asked) === JSON.stringify(parameters)) void refetch()
    else setAsked(parameters)
  }
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Panel title={provider.name} description={provider.description}>
          <Stack>
            {!hasNoFields(provider.parameters_schema) && (
              <LazySchemaForm
                ref={form}
                schema={provider.parameters_schema}
                value={parameters}
                onChange={setParameters}
                organizationIds={orgId === '' ? [] : [orgId]}
              />
            )}
            <Text size="sm" c="dimmed">
              {provider.cache_seconds > 0 ? `Options are kept for ${provider.cache_seconds} seconds.` : 'Options are loaded each time.'}{' '}
              Written in <Code>{provider.file}</Code>.
            </Text>
            <Group>
              <Button leftSection={<IconPlayerPlay size={16} />} onClick={ask} disabled={orgId === ''} loading={isFetching}>
                Try it
              </Button>
              {orgId === '' && (
                <Text size="sm" c="dimmed">
                  Choose the organization first.
                </Text>
              )}
            </Group>
          </Stack>
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Panel
          title="Options"
          description={
            data?.cached && data.cached_at ? (
              <>
                Kept since <RelativeTime at={data.cached_at} />
              </>
            ) : undefined
          }
        >
          {error && !isFetching && <ErrorNotice error={error} title="The options could not be listed" onRetry={() => refetch()} />}
          {!data && !error && (
            <Text c="dimmed" size="sm">
              {isFetching ? 'Asking…' : 'No options loaded yet.'}
            </Text>
          )}
          {data?.options.length === 0 && <Text size="sm">It has no options for this organization.</Text>}
          {data && data.options.length > 0 && (
            <Table.ScrollContainer minWidth={360}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Label</Table.Th>
                    <Table.Th>Value</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.options.slice(0, 500).map((option) => (
                    <Table.Tr key={JSON.stringify(option.value)}>
                      <Table.Td>{option.label}</Table.Td>
                      <Table.Td>
                        <Code>{String(option.value)}</Code>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
          {data && data.options.length > 500 && (
            <Text size="sm" c="dimmed">
              These are the first 500 of {data.options.length.toLocaleString()}.
            </Text>
          )}
        </Panel>
      </Grid.Col>
    </Grid>
  )
}
