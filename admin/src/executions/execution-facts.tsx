import type { ExecutionDetail } from '@crosswalk/client'
import { Code } from '@mantine/core'
import { useEffect, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import type { Fact } from '../elements/facts-table.tsx'
import { durationText, RelativeTime } from '../elements/relative-time.tsx'
import { ChangedBy } from '../parts/changed-by.tsx'
import { paths } from '../paths.ts'
import { isUnderWay } from '../queries/executions.ts'
import { kindLabel } from './kinds.ts'

/** Counts on while it runs. */
function Duration({ execution: { status, duration_ms, started_at } }: { execution: ExecutionDetail }) {
  const isRunning = isUnderWay(status) && started_at !== null
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = window.setInterval(() => setNow(Date.now()), 200)
    return () => window.clearInterval(timer)
  }, [isRunning])
  return <span className="tabular">{durationText(isRunning ? Math.max(duration_ms ?? 0, now - Date.parse(started_at)) : duration_ms)}</span>
}

/**
 * For whom it ran, when, and for how long.
 *
 * @param title what the page calls it: another than its name is not all that one has to know
 */
export function ExecutionFacts({ execution, title }: { execution: ExecutionDetail; title: string }) {
  const { org_id: orgId, kind, caller, created_at, started_at, completed_at, execution_id } = execution
  const retryOf = execution.retry_of
  const facts: Fact[] = [
    ['Kind', kindLabel(kind)],
    ...(title === execution.workflow_name ? [] : [['Workflow', execution.workflow_name] satisfies Fact]),
    [
      'Organization',
      orgId === null ? (
        'All (global credentials)'
      ) : (
        <AppLink key="org" to={paths.organization(orgId)}>
          {execution.org_name ?? orgId}
        </AppLink>
      ),
    ],
    ['Duration', <Duration key="duration" execution={execution} />],
    [
      'Requested',
      <span key="asked">
        <RelativeTime at={created_at} /> by {caller.name}
      </span>,
    ],
    ...(retryOf
      ? [
          [
            'Retry of',
            <AppLink key="retry" to={paths.execution(retryOf)}>
              an earlier execution
            </AppLink>,
          ] satisfies Fact,
        ]
      : []),
    ...(execution.retried_as
      ? [
          [
            'Tried again',
            <AppLink key="retried" to={paths.execution(execution.retried_as)}>
              in a later execution
            </AppLink>,
          ] satisfies Fact,
        ]
      : []),
    ['Started', started_at ? <RelativeTime key="started" at={started_at} /> : 'Not yet'],
    ['Ended', completed_at ? <RelativeTime key="ended" at={completed_at} /> : 'Not yet'],
    ...(execution.status === 'cancelled' || execution.status === 'cancelling'
      ? [
          [
            'Cancelled',
            <ChangedBy key="cancelled" type="execution" id={execution_id} orgId={orgId} version={execution.status}>
              Yes
            </ChangedBy>,
          ] satisfies Fact,
        ]
      : []),
    [
      'Id',
      <Code key="id" className="wrap-anywhere">
        {execution_id}
      </Code>,
    ],
  ]
  return (
    <dl className="facts-strip">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
