import { SegmentedControl, Stack } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { ApprovalPanel } from '../parts/approvals/approval-panel.tsx'
import { approvalsPage } from '../queries/approvals.ts'
import { given } from '../queries/every-page.ts'
import { useUrlState } from '../url-state.ts'

const views = [
  { value: 'for_me', label: 'For you' },
  { value: 'open', label: 'All open' },
  { value: 'decided', label: 'Decided' },
] as const
type View = (typeof views)[number]['value']

const asked = {
  for_me: { state: 'open', for_me: 'true' },
  open: { state: 'open' },
  decided: { state: 'decided' },
} as const

const nothing: Record<View, { title: string; text: string }> = {
  for_me: { title: 'Nothing waits for you', text: 'When a workflow asks for an approval that you may give, it stands here.' },
  open: { title: 'Nothing is open', text: 'When a workflow asks for an approval, it stands here until somebody decides.' },
  decided: { title: 'Nothing was decided yet', text: 'What was approved, rejected or has expired stands here.' },
}

const isView = (view: string): view is View => views.some(({ value }) => value === view)

/** What workflows ask of people. */
export function ApprovalsPage() {
  const [url, change] = useUrlState({ view: 'for_me', cursor: '' })
  const view = isView(url.view) ? url.view : 'for_me'
  const query = useQuery(approvalsPage({ ...asked[view], ...given({ cursor: url.cursor }), limit: 20 }))
  const { data } = query
  return (
    <>
      <PageHeader title="Approvals" description="What workflows ask before they continue. They wait for the answer, and hold nothing up." />
      <Stack maw={860}>
        <SegmentedControl
          aria-label="Which approvals"
          data={[...views]}
          value={view}
          onChange={(chosen) => change({ view: chosen, cursor: '' })}
          style={{ alignSelf: 'flex-start' }}
        />
        <LoadState query={query} label="Loading approvals" failed="The approvals could not be loaded" stale="The list may be out of date" />
        {data?.count === 0 && url.cursor === '' && !query.isPlaceholderData && (
          <EmptyState icon={<IconChecklist />} title={nothing[view].title}>
            {nothing[view].text}
          </EmptyState>
        )}
        {data?.approvals.map((approval) => (
          <ApprovalPanel key={approval.id} approval={approval} />
        ))}
        {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      </Stack>
    </>
  )
}
