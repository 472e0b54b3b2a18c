import type { Approval } from '@crosswalk/client'
import { Group, Stack, Text, Textarea } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../../elements/action-button.tsx'
import { notifyDone, notifyFailure } from '../../elements/notify.tsx'
import { approvalsKey, type Decision, decide } from '../../queries/approvals.ts'
import { attentionKey } from '../../queries/attention.ts'
import { executionsKey } from '../../queries/executions.ts'
import { useLack } from '../grants/use-may.ts'

const reasons = {
  decide: undefined,
  not_own_request: 'You started this execution, so somebody else has to decide.',
  not_asked: 'The workflow asks others to decide this.',
}
const maxCommentBytes = 2_000
const bytesOf = (text: string) => new TextEncoder().encode(text.trim()).length

/** Approves or rejects what a workflow asks. Who may not sees why. */
export function DecisionForm({ approval }: { approval: Approval }) {
  const { id, org_id, workflow_name, title, you_may } = approval
  const [comment, setComment] = useState('')
  const queries = useQueryClient()
  const lack = useLack('canApprove', org_id, { workflow: workflow_name })
  const reason = lack ?? reasons[you_may]
  const tooMany = bytesOf(comment) - maxCommentBytes
  const tooLong =
    tooMany > 0
      ? `The comment is too long by ${tooMany.toLocaleString()} bytes: it may have ${maxCommentBytes.toLocaleString()}. Shorten it.`
      : undefined
  const deciding = useMutation({
    mutationFn: (decision: Decision) => decide(id, decision, comment),
    onSuccess: (_, decision) =>
      notifyDone(decision === 'approve' ? 'Approved. The workflow continues.' : 'Rejected. The workflow is told.'),
    onError: (error) => notifyFailure('It was not decided', error),
    // Where it failed, somebody else may have decided.
    onSettled: () => Promise.all([approvalsKey, executionsKey, attentionKey].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
  const button = (decision: Decision) => ({
    reason: reason ?? tooLong,
    onClick: () => deciding.mutate(decision),
    loading: deciding.isPending && deciding.variables === decision,
    disabled: deciding.isPending && deciding.variables !== decision,
    'aria-label': `${decision === 'approve' ? 'Approve' : 'Reject'}: ${title}`,
  })
  return (
    <Stack gap="sm">
      {reason === undefined ? (
        <Textarea
          label="Comment"
          description={`Optional, ${maxCommentBytes.toLocaleString()} bytes at most. It is kept with the decision, and told to the workflow and to the one who sent its form.`}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          error={tooLong}
          autosize
          minRows={1}
          maxRows={6}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {reason}
        </Text>
      )}
      <Group gap="sm">
        <ActionButton leftSection={<IconCheck size={16} />} {...button('approve')}>
          Approve
        </ActionButton>
        <ActionButton variant="default" leftSection={<IconX size={16} />} {...button('reject')}>
          Reject
        </ActionButton>
      </Group>
    </Stack>
  )
}
