import type { Batch } from '@crosswalk/client'
import { Code, SimpleGrid, Text } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import type { Fact } from '../elements/facts-table.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { ChangedBy } from '../parts/changed-by.tsx'
import { integrationIn } from '../parts/pickers/organization-choice.ts'
import { SelectionWords } from '../parts/pickers/selection-words.tsx'
import { workName } from '../parts/work-name.ts'
import { paths } from '../paths.ts'
import { organizationOf } from '../queries/organizations.ts'
import { BatchStarter } from './batch-starter.tsx'
import { selectionOf } from './selection-of.ts'

/** Up to so many organizations are named; more are counted. */
const maxNamed = 3

function ForWhom({ selection }: { selection: Batch['organizations'] }) {
  const isNamed = Array.isArray(selection) && selection.length <= maxNamed
  const found = useQueries({ queries: isNamed ? selection.map((id) => organizationOf(id)) : [] })
  const integration = integrationIn(selection)
  if (integration !== undefined) {
    return (
      <AppLink to={paths.integration(integration)}>
        <SelectionWords selection={selection} />
      </AppLink>
    )
  }
  const names = found.map(({ data }) => data?.name)
  return isNamed && names.every((name) => name !== undefined) ? names.join(', ') : <SelectionWords selection={selection} />
}

/** For whom a batch runs, who started it, and when. */
export function BatchFacts({ batch }: { batch: Batch }) {
  const { kind, workflow_name: name, created_at, due_at, completed_at, batch_id } = batch
  const facts: Fact[] = [
    [
      'Name',
      kind === 'workflow' ? (
        <AppLink key="what" to={paths.workflow(name)}>
          {name}
        </AppLink>
      ) : (
        workName(name)
      ),
    ],
    ['Organizations', <ForWhom key="whom" selection={selectionOf(batch)} />],
    ['Started by', <BatchStarter key="by" batch={batch} />],
    ...(due_at === null ? [] : [['Due', <RelativeTime key="due" at={due_at} />] satisfies Fact]),
    ['Started', <RelativeTime key="started" at={created_at} />],
    ['Ended', completed_at ? <RelativeTime key="ended" at={completed_at} /> : 'Not yet'],
    ...(completed_at ? [['Duration', durationText(Date.parse(completed_at) - Date.parse(created_at))] satisfies Fact] : []),
    [
      'Id',
      <Code key="id" className="wrap-anywhere">
        {batch_id}
      </Code>,
    ],
  ]
  return (
    <>
      <SimpleGrid component="dl" cols={{ base: 2, sm: 3, xl: 4 }} spacing="lg" verticalSpacing="sm" mt="lg" mb={0}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <Text component="dt" size="xs" c="dimmed" fw={600}>
              {label}
            </Text>
            <Text component="dd" size="sm" m={0} className="wrap-anywhere">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      <ChangedBy type="batch" id={batch_id} orgId={null} version={`${batch.is_paused} ${batch.status}`} />
    </>
  )
}
