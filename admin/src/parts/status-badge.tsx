import type { Approval, Batch, ExecutionSummary, Submission } from '@crosswalk/client'
import { Badge, Loader } from '@mantine/core'
import {
  IconAlertCircle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconClock,
  IconHourglass,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconTrash,
  IconZzz,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { isOfTests } from '../queries/batches.ts'
import { decisionOf, type SubmissionDecision } from './forms/submission-decision.ts'
import { waitingText } from './waiting-text.ts'

type Look = { color: string; icon: ReactNode; label: string }
const size = 13

const cancellingLook: Look = { color: 'orange', icon: <IconBan size={size} />, label: 'Cancelling' }
const cancelledLook: Look = { color: 'gray', icon: <IconBan size={size} />, label: 'Cancelled' }
const executionLooks: Record<string, Look> = {
  pending: { color: 'gray', icon: <IconHourglass size={size} />, label: 'Queued' },
  running: { color: 'blue', icon: <Loader size={11} color="currentColor" />, label: 'Running' },
  waiting: { color: 'gray', icon: <IconZzz size={size} />, label: 'Waiting' },
  success: { color: 'green', icon: <IconCircleCheck size={size} />, label: 'Succeeded' },
  failed: { color: 'red', icon: <IconAlertCircle size={size} />, label: 'Failed' },
  timeout: { color: 'red', icon: <IconClock size={size} />, label: 'Timed out' },
  cancelling: cancellingLook,
  cancelled: cancelledLook,
}

/** Names of the statuses, in the order in which they are offered. */
export const executionStatusOptions = Object.entries(executionLooks).map(([value, { label }]) => ({ value, label }))

/** What an execution of a batch can be besides. */
const itemLooks: Record<string, Look> = {
  ...executionLooks,
  not_tested: { color: 'orange', icon: <IconHourglass size={size} />, label: 'Not tested' },
  skipped: { color: 'gray', icon: <IconPlayerSkipForward size={size} />, label: 'Skipped' },
  expired: { color: 'gray', icon: <IconTrash size={size} />, label: 'No longer kept' },
}

/** The name of a status of an execution, or of an organization's place in a batch. */
export function statusLabel(status: string, kind: Batch['kind'] = 'workflow'): string {
  if (isOfTests({ kind }) && status === 'success') return 'Passed'
  return itemLooks[status]?.label ?? status
}

function LookBadge({ color, icon, label }: Look) {
  return (
    <Badge color={color} variant="light" leftSection={icon} tt="none" fw={600} miw="max-content">
      {label}
    </Badge>
  )
}

/** How an execution stands; of one that waits, until when where that is known. */
export function ExecutionStatus({ status, waiting = null }: { status: string; waiting?: ExecutionSummary['waiting'] }) {
  const look = itemLooks[status] ?? { color: 'gray', icon: null, label: status }
  return <LookBadge {...look} {...(waiting === null ? {} : { label: waitingText(waiting, new Date()) })} />
}

const approvalLooks: Record<Approval['status'], Look> = {
  open: { color: 'orange', icon: <IconHourglass size={size} />, label: 'Open' },
  approved: { color: 'green', icon: <IconCircleCheck size={size} />, label: 'Approved' },
  rejected: { color: 'red', icon: <IconBan size={size} />, label: 'Rejected' },
  expired: { color: 'gray', icon: <IconClock size={size} />, label: 'Expired' },
  closed: { color: 'gray', icon: <IconCircleMinus size={size} />, label: 'Closed' },
}

/** How an approval stands. */
export function ApprovalStatus({ status }: { status: Approval['status'] }) {
  return <LookBadge {...approvalLooks[status]} />
}

/** How it stands for who sent it: a workflow ends well where it was told no, and what was asked for was not done. */
export function SubmissionStatus({ submission: { status, approval } }: { submission: Pick<Submission, 'status' | 'approval'> }) {
  const outcome = decisionOf({ status, approval })
  if (outcome === undefined) return <ExecutionStatus status={status} />
  return <LookBadge {...submissionLooks[outcome]} />
}

const submissionLooks: Record<SubmissionDecision, Look> = {
  open: { color: 'orange', icon: <IconHourglass size={size} />, label: 'Waits for approval' },
  rejected: { color: 'red', icon: <IconBan size={size} />, label: 'Declined' },
  expired: { color: 'orange', icon: <IconClock size={size} />, label: 'Not decided in time' },
}

function batchLook({ status, counts, total }: Batch): Look {
  const failed = counts.failed + counts.timeout
  if (status === 'expanding') return { color: 'blue', icon: <Loader size={11} color="currentColor" />, label: 'Starting' }
  if (status === 'running') return { color: 'blue', icon: <Loader size={11} color="currentColor" />, label: 'Running' }
  if (status === 'paused') return { color: 'orange', icon: <IconPlayerPause size={size} />, label: 'Paused' }
  if (status === 'cancelled') return counts.running + counts.cancelling > 0 ? cancellingLook : cancelledLook
  if (failed > 0) return { color: 'red', icon: <IconAlertCircle size={size} />, label: `${failed.toLocaleString()} failed` }
  if (counts.not_tested > 0)
    return { color: 'orange', icon: <IconHourglass size={size} />, label: `${counts.not_tested.toLocaleString()} not tested` }
  return counts.success + counts.skipped === total
    ? { color: 'green', icon: <IconCircleCheck size={size} />, label: 'Finished' }
    : { color: 'gray', icon: <IconCircleMinus size={size} />, label: 'Finished' }
}

/** How a batch stands; of one that has ended, whether anything of it failed. */
export function BatchStatus({ batch }: { batch: Batch }) {
  return <LookBadge {...batchLook(batch)} />
}

/** Whether an organization or a mapping is in use. */
export function ActiveStatus({ isActive }: { isActive: boolean }) {
  return isActive ? (
    <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Active" />
  ) : (
    <LookBadge color="gray" icon={<IconCircleMinus size={size} />} label="Deactivated" />
  )
}

/** How the last test of a mapping went; or that it was not made, which says nothing about the mapping. */
export function TestStatus({ success, isUntested = false }: { success: boolean | null; isUntested?: boolean }) {
  if (success === null && isUntested) return <LookBadge color="orange" icon={<IconHourglass size={size} />} label="Not tested" />
  if (success === null) return <LookBadge color="gray" icon={<IconCircleDashed size={size} />} label="Never tested" />
  return success ? (
    <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Test passed" />
  ) : (
    <LookBadge color="red" icon={<IconAlertCircle size={size} />} label="Test failed" />
  )
}

type SetStatusProps = {
  isSet: boolean
  isRequired: boolean
  /** False where nobody has seen yet whether it is right. */
  isChecked?: boolean
}

/** Whether a value that is needed is there. */
export function SetStatus({ isSet, isRequired, isChecked = true }: SetStatusProps) {
  if (isSet && !isChecked) return <LookBadge color="crosswalk" icon={null} label="Set" />
  if (isSet) return <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Set" />
  return isRequired ? (
    <LookBadge color="red" icon={<IconAlertCircle size={size} />} label="Missing" />
  ) : (
    <LookBadge color="gray" icon={<IconCircleDashed size={size} />} label="Not set" />
  )
}

/** That something which runs on its own does not for now. */
export function PausedStatus() {
  return <LookBadge color="orange" icon={<IconPlayerPause size={size} />} label="Paused" />
}
