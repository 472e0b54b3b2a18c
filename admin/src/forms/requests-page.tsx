import { Stack } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { Panel } from '../elements/panel.tsx'
import { SubmissionList } from '../parts/forms/submission-list.tsx'
import { paths } from '../paths.ts'
import { submissionsPage } from '../queries/forms.ts'
import { useUrlState } from '../url-state.ts'

/** What a customer's user has sent. */
export function RequestsPage() {
  const [url, change] = useUrlState({ cursor: '' })
  const query = useQuery(submissionsPage(url.cursor))
  const { data } = query
  return (
    <>
      <PageHeader title="Requests" description="The forms that you sent, and how each stands." />
      <Stack>
        <LoadState
          query={query}
          label="Loading your requests"
          failed="Your requests could not be loaded"
          stale="The list may be out of date"
        />
        {data?.count === 0 && url.cursor === '' && (
          <EmptyState icon={<IconInbox />} title="No request yet" action={<AppLink to={paths.forms()}>Open your forms</AppLink>}>
            What you send stands here, with how it went.
          </EmptyState>
        )}
        {data && data.count > 0 && (
          <Panel title="Your requests">
            <SubmissionList submissions={data.submissions} />
          </Panel>
        )}
        {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      </Stack>
    </>
  )
}
