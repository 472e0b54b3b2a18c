import { Badge, Loader } from '@mantine/core'
import { IconAlertCircle, IconBan, IconCircleCheck, IconCircleDashed, IconCircleMinus, IconClock, IconHourglass } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Look = { color: string; icon: ReactNode; label: string }
const size = 13

const executionLooks: Record<string, Look> = {
  pending: { color: 'gray', icon: <IconHourglass size={size} />, label: 'Waiting' },
  running: { color: 'blue', icon: <Loader size={11} color="currentColor" />, label: 'Running' },
  success: { color: 'green', icon: <IconCircleCheck size={size} />, label: 'Succeeded' },
  failed: { color: 'red', icon: <IconAlertCircle size={size} />, label: 'Failed' },
  timeout: { color: 'red', icon: <IconClock size={size} />, label: 'Timed out' },
  cancelling: { color: 'orange', icon: <IconBan size={size} />, label: 'Cancelling' },
  cancelled: { color: 'gray', icon: <IconBan size={size} />, label: 'Cancelled' },
}

/** Names of the statuses, in the order in which they are offered. */
export const executionStatusOptions = Object.entries(executionLooks).map(([value, { label }]) => ({ value, label }))

function LookBadge({ color, icon, label }: Look) {
  return (
    <Badge color={color} variant="light" leftSection={icon} tt="none" fw={600} miw="max-content">
      {label}
    </Badge>
  )
}

/** How an execution stands. */
export function ExecutionStatus({ status }: { status: string }) {
  return <LookBadge {...(executionLooks[status] ?? { color: 'gray', icon: null, label: status })} />
}

/** Whether an organization or a mapping is in use. */
export function ActiveStatus({ isActive }: { isActive: boolean }) {
  return isActive ? (
    <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Active" />
  ) : (
    <LookBadge color="gray" icon={<IconCircleMinus size={size} />} label="Deactivated" />
  )
}

/** How the last test of a mapping went. */
export function TestStatus({ success }: { success: boolean | null }) {
  if (success === null) return <LookBadge color="gray" icon={<IconCircleDashed size={size} />} label="Never tested" />
  return success ? (
    <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Test passed" />
  ) : (
    <LookBadge color="red" icon={<IconAlertCircle size={size} />} label="Test failed" />
  )
}

/** Whether a value that is needed is there. */
export function SetStatus({ isSet, isRequired }: { isSet: boolean; isRequired: boolean }) {
  if (isSet) return <LookBadge color="green" icon={<IconCircleCheck size={size} />} label="Set" />
  return isRequired ? (
    <LookBadge color="red" icon={<IconAlertCircle size={size} />} label="Missing" />
  ) : (
    <LookBadge color="gray" icon={<IconCircleDashed size={size} />} label="Not set" />
  )
}
