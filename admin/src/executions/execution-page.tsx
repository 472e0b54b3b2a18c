import type { ExecutionDetail } from '@crosswalk/client'
import { Grid, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { JsonBlock } from '../elements/json-block.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { ApprovalPanel } from '../parts/approvals/approval-panel.tsx'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { useWorkflowTitle } from '../parts/use-workflow-title.ts'
import { paths } from '../paths.ts'
import { executionOf, isUnderWay } from '../queries/executions.ts'
import { ExchangesPanel } from './exchanges-panel.tsx'
import { ExecutionActions } from './execution-actions.tsx'
import { ExecutionFacts } from './execution-facts.tsx'
import { FailurePanel } from './failure-panel.tsx'
import { LogPanel } from './log-panel.tsx'
import { QueuedNotice } from './queued-notice.tsx'
import { StepsPanel } from './steps-panel.tsx'
import { useLog } from './use-log.ts'

/** Up to the list, or to the batch that it is a part of. */
function trailOf(batchId: string | null) {
  if (batchId === null) return [{ label: 'Executions', to: paths.executions() }]
  return [
    { label: 'Batches', to: paths.batches() },
    { label: 'The batch', to: paths.batch(batchId) },
  ]
}

/** One execution, live. */
export function ExecutionPage() {
  const { executionId = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(executionOf(executionId))
  if (data) return <Execution key={executionId} execution={data} />
  return (
    <>
      <PageHeader title="Execution" trail={trailOf(null)} />
      <LoadState query={{ data, error, refetch, isFetching }} label="Loading the execution" failed="This execution could not be loaded" />
    </>
  )
}

function Execution({ execution }: { execution: ExecutionDetail }) {
  const { execution_id: id, workflow_name: name, status, error, result, effective_parameters: parameters, progress, queued } = execution
  const log = useLog(id)
  const titleOfWorkflow = useWorkflowTitle()
  const title = execution.kind === 'workflow' ? titleOfWorkflow(name) : name
  const hasParameters = Object.keys(parameters).length > 0
  const isOver = !isUnderWay(status)
  return (
    <>
      <PageHeader
        title={title}
        trail={trailOf(execution.batch_id)}
        badge={<ExecutionStatus status={status} waiting={execution.waiting} />}
        {...(execution.org_name ? { description: `For ${execution.org_name}` } : {})}
        actions={<ExecutionActions execution={execution} />}
      />
      <Stack>
        {error && <FailurePanel error={error} orgId={execution.org_id} orgName={execution.org_name} />}
        {queued && <QueuedNotice queued={queued} batchId={execution.batch_id} />}
        {execution.approvals.map((approval) => (
          <ApprovalPanel key={approval.id} approval={approval} isOfExecution />
        ))}
        {progress && !isOver && (
          <div>
            <Text size="sm" mb={4}>
              {progress.message ??
                `${progress.done.toLocaleString()}${progress.total === null ? ' so far' : ` of ${progress.total.toLocaleString()}`}`}
            </Text>
            <Progress
              value={progress.total ? (100 * progress.done) / progress.total : 100}
              animated={progress.total === null}
              aria-label="Progress"
            />
          </div>
        )}
        <Panel title="Details">
          <ExecutionFacts execution={execution} title={title} />
        </Panel>
        {(status === 'success' || hasParameters) && (
          <Grid>
            {status === 'success' && (
              <Grid.Col span={{ base: 12, lg: hasParameters ? 7 : 12 }}>
                <Panel title="Result">
                  <JsonBlock value={result} label="Result" />
                </Panel>
              </Grid.Col>
            )}
            {hasParameters && (
              <Grid.Col span={{ base: 12, lg: status === 'success' ? 5 : 12 }}>
                <Panel title="Parameters">
                  <JsonBlock value={parameters} label="Parameters" maxHeight={status === 'success' ? 420 : 200} />
                </Panel>
              </Grid.Col>
            )}
          </Grid>
        )}
        <StepsPanel executionId={id} steps={execution.steps} lines={log.lines} />
        <ExchangesPanel execution={execution} />
        <LogPanel execution={execution} log={log} />
      </Stack>
    </>
  )
}
