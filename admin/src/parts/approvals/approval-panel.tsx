import type { Approval } from '@crosswalk/client'
import { Box, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { AppLink } from '../../elements/app-link.tsx'
import { type Fact, FactsTable } from '../../elements/facts-table.tsx'
import { RelativeTime } from '../../elements/relative-time.tsx'
import { paths } from '../../paths.ts'
import { useMay } from '../grants/use-may.ts'
import { ApprovalStatus } from '../status-badge.tsx'
import { useWorkflowTitle } from '../use-workflow-title.ts'
import { titleOf } from '../workflow-title.ts'
import { ApprovalDetails } from './approval-details.tsx'
import { askedWords, deciderWords } from './decider-words.ts'
import { DecisionForm } from './decision-form.tsx'

const fact = (label: string, value: ReactNode): Fact[] => (value === undefined || value === null ? [] : [[label, value]])

/** What came of it, and why. */
function outcomeFacts({ status, decided_by, decided_at, comment }: Approval): Fact[] {
  const at = decided_at && <RelativeTime at={decided_at} />
  if (status === 'closed') return fact('Closed', <>{at}: the execution ended before anybody decided</>)
  if (status === 'expired') return fact('Expired', <>{at}: nobody decided in time</>)
  const by = (
    <>
      {decided_by?.name ?? 'Somebody'}, {at}
    </>
  )
  return [...fact(status === 'approved' ? 'Approved by' : 'Rejected by', by), ...fact('Comment', comment)]
}

/**
 * One thing that a workflow asks of people: what, who asks, who may decide, and the decision.
 *
 * @param isOfExecution it stands on the page of the execution, which says the rest
 */
export function ApprovalPanel({ approval, isOfExecution = false }: { approval: Approval; isOfExecution?: boolean }) {
  const { title, message, details, status, org_name, requested_by, execution_id, workflow_name, approvers, deciders } = approval
  const isOpen = status === 'open'
  const isInside = useMay('canViewExecutions', approval.org_id, { workflow: workflow_name })
  const display_name = useWorkflowTitle()(workflow_name)
  const workflowTitle = titleOf({ name: workflow_name, display_name })
  const facts: Fact[] = [
    ...(isOfExecution ? [] : fact('For', org_name)),
    ...fact('Asked by', requested_by.name),
    ...(isOfExecution || !isInside ? [] : fact('Workflow', <AppLink to={paths.execution(execution_id)}>{workflowTitle}</AppLink>)),
    ...fact('Asked', <RelativeTime at={approval.created_at} />),
    ...(isOpen && approvers !== null ? fact('Asks', askedWords(approval)) : []),
    ...(isOpen && deciders !== null ? fact('May decide', deciderWords(approval)) : []),
    ...(isOpen ? fact('Expires', <RelativeTime at={approval.expires_at} />) : outcomeFacts(approval)),
  ]
  return (
    <Box component="section" className="panel" p="md" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm" align="flex-start">
          <Title order={2} className="wrap-anywhere" flex="1 1 16rem">
            {title}
          </Title>
          <ApprovalStatus status={status} />
        </Group>
        {message !== null && (
          <Text className="wrap-anywhere" style={{ whiteSpace: 'pre-wrap' }}>
            {message}
          </Text>
        )}
        <ApprovalDetails details={details} isOpen={isOpen} />
        <FactsTable facts={facts} labelWidth={130} />
        {isOpen && <DecisionForm approval={approval} />}
      </Stack>
    </Box>
  )
}
