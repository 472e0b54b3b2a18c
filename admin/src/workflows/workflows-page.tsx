import type { Workflow } from '@crosswalk/client'
import { Badge, Group, MultiSelect, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { useMay } from '../parts/grants/use-may.ts'
import { LoadProblems } from '../parts/load-problems.tsx'
import { paths } from '../paths.ts'
import { organizationOf } from '../queries/organizations.ts'
import { allSchedules } from '../queries/schedules.ts'
import { allWorkflows } from '../queries/workflows.ts'
import { useUrlState } from '../url-state.ts'

function Header({ orgId }: { orgId: string }) {
  const organization = useQuery({ ...organizationOf(orgId), enabled: orgId !== '' }).data
  const description = organization
    ? `Open one to run it for ${organization.name}.`
    : 'Open a workflow to run it for an organization, or for many, now or by a schedule.'
  return <PageHeader title="Workflows" description={description} />
}

function byCategory(workflows: Workflow[]): [string, Workflow[]][] {
  return Object.entries(Object.groupBy(workflows, ({ category }) => category || 'Other'))
    .map(([category, members]): [string, Workflow[]] => [category, members ?? []])
    .sort(([a], [b]) => a.localeCompare(b))
}

/** The catalogue. */
export function WorkflowsPage() {
  const [url, change] = useUrlState({ q: '', tags: '', org: '' })
  const { data, error, refetch, isFetching } = useQuery(allWorkflows)
  const schedules = useQuery({ ...allSchedules, enabled: useMay('canRunWorkflows') }).data
  const header = <Header orgId={url.org} />
  if (!data) {
    return (
      <>
        {header}
        <LoadState query={{ data, error, refetch, isFetching }} label="Loading workflows" failed="The workflows could not be loaded" />
      </>
    )
  }
  const tags = url.tags === '' ? [] : url.tags.split(',')
  const wanted = data.workflows.filter((workflow) => {
    const words = `${workflow.name} ${workflow.display_name} ${workflow.description} ${workflow.category}`.toLowerCase()
    return words.includes(url.q.toLowerCase()) && tags.every((tag) => workflow.tags.includes(tag))
  })
  const allTags = [...new Set(data.workflows.flatMap((workflow) => workflow.tags))].sort()
  return (
    <>
      {header}
      <LoadProblems problems={data.problems} />
      {data.workflows.length === 0 ? (
        <EmptyState icon={<IconRoute />} title="No workflows yet">
          A workflow is a TypeScript file in the workspace folder <code>workflows</code>. Save one there, and it appears here.
        </EmptyState>
      ) : (
        <Stack gap="xl">
          <Group>
            <SearchBox label="Search workflows" value={url.q} onSearch={(q) => change({ q })} />
            {allTags.length > 0 && (
              <MultiSelect
                aria-label="Tags"
                placeholder={tags.length === 0 ? 'All tags' : ''}
                w={260}
                data={allTags}
                value={tags}
                onChange={(next) => change({ tags: next.join(',') })}
                clearable
                clearButtonProps={{ 'aria-label': 'Clear the tags' }}
              />
            )}
          </Group>
          {wanted.length === 0 && <Text c="dimmed">No workflow fits the search.</Text>}
          {byCategory(wanted).map(([category, members]) => (
            <section key={category} aria-label={category}>
              <Title order={2} mb="sm">
                {category}
              </Title>
              <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>
                {members.map((workflow) => (
                  <Card
                    key={workflow.name}
                    workflow={workflow}
                    orgId={url.org}
                    isScheduled={schedules?.some((schedule) => schedule.workflow_name === workflow.name) ?? workflow.schedule !== null}
                  />
                ))}
              </SimpleGrid>
            </section>
          ))}
        </Stack>
      )}
    </>
  )
}

type CardProps = { workflow: Workflow; orgId: string; isScheduled: boolean }

function Card({ workflow: { name, display_name, description, tags, offered_to }, orgId, isScheduled }: CardProps) {
  return (
    <Stack className="panel" p="md" gap="xs" justify="space-between">
      <div>
        <AppLink to={paths.workflow(name, { org: orgId })} fw={650} className="wrap-anywhere">
          {display_name}
        </AppLink>
        {display_name !== name && (
          <Text size="xs" c="dimmed" ff="monospace" className="wrap-anywhere">
            {name}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      </div>
      <Group gap={6}>
        {isScheduled && <Badge variant="light">Scheduled</Badge>}
        {offered_to === 'customers' && <Badge variant="light">Offered to customers</Badge>}
        {tags.map((tag) => (
          <Badge key={tag} variant="light" color="gray" tt="none">
            {tag}
          </Badge>
        ))}
      </Group>
    </Stack>
  )
}
