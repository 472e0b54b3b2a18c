import { Alert } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { isServerAway } from '../server-state.ts'

/** Says that the server is away while questions to it go unanswered. They are asked again until it is back. */
export function AwayNotice() {
  const cache = useQueryClient().getQueryCache()
  const isAway = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () =>
      cache.getAll().some((query) => query.isActive() && (isServerAway(query.state.error) || isServerAway(query.state.fetchFailureReason))),
  )
  if (!isAway) return null
  return (
    <Alert color="orange" variant="light" mb="md" icon={<IconPlugConnectedX />} title="Crosswalk does not answer" role="status">
      It may be starting again. What you see is what was known last; this page continues by itself as soon as the server is back.
    </Alert>
  )
}
