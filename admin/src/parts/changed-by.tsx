import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'
import { meFor } from '../queries/access.ts'
import { lastChangeOf } from '../queries/audit.ts'

type ChangedByProps = {
  /** What it is, as the audit calls it. */
  type: string
  id: string
  /** Null for what is of all organizations. */
  orgId: string | null
  /** Says that it was changed: then it is asked again by whom. */
  version: string
  /** Stands there for those who may not see the audit, and where it knows nothing. */
  children?: ReactNode
}

/** What was done, by the last word of its action; all else is a change. */
const wordsOf: Record<string, string> = {
  created: 'Added',
  cancelled: 'Cancelled',
  paused: 'Paused',
  resumed: 'Resumed',
  deactivated: 'Deactivated',
  reactivated: 'Activated',
  switched_on: 'Switched on',
  switched_off: 'Switched off',
}

/** Who changed a thing last and when, with the way to everything that was done to it. */
export function ChangedBy({ type, id, orgId, version, children }: ChangedByProps) {
  const mayAsk = useQuery(meFor(orgId ?? '')).data?.permissions.includes('canViewAudit') === true
  const { data: event } = useQuery({ ...lastChangeOf(type, id, orgId, version), enabled: mayAsk })
  if (!mayAsk || !event) return children
  const words = wordsOf[event.action.slice(event.action.indexOf('.') + 1)] ?? 'Changed'
  return (
    <Text size="sm" component="div">
      <AppLink to={paths.audit({ type, target: id, ...(orgId === null ? {} : { org: orgId }) })}>
        {words} by {event.actor.name}, <RelativeTime at={event.at} />
      </AppLink>
    </Text>
  )
}
