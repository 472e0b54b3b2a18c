import { endSession, type Session } from '@crosswalk/client'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { sessions, sessionsKey } from '../queries/session.ts'

/** Your browsers that are signed in, each with a button that ends its session. */
export function SessionList() {
  const query = useQuery(sessions)
  const { data } = query
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Each browser that is signed in has a session. End one that you do not know: its browser has to sign in again.
      </Text>
      <LoadState
        query={query}
        label="Loading the sessions"
        failed="The sessions could not be loaded"
        stale="The list may be out of date"
        rows={3}
      />
      {data?.sessions.length === 0 && <Text c="dimmed">No browser is signed in.</Text>}
      {data && data.sessions.length > 0 && (
        <Stack component="ul" gap="sm" m={0} p={0} aria-label="Sessions" style={{ listStyle: 'none' }}>
          {data.sessions.map((session) => (
            <SessionItem key={session.id} session={session} />
          ))}
        </Stack>
      )}
    </Stack>
  )
}

/** The part of what a browser calls itself that people know. */
function browserName(text: string | null): string {
  const name = /Edg|OPR|Firefox|Chrome|Safari/.exec(text ?? '')?.[0]
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(text ?? '')?.[0]
  const shown = name && ({ Edg: 'Edge', OPR: 'Opera' }[name] ?? name)
  if (!shown) return text?.slice(0, 60) || 'A browser'
  return system ? `${shown} on ${system.replace('Mac OS', 'macOS')}` : shown
}

function SessionItem({ session }: { session: Session }) {
  const queries = useQueryClient()
  const name = browserName(session.browser)
  const ending = useMutation({
    mutationFn: () => endSession(session.id),
    onSuccess: () => notifyDone(`The session of ${name} has ended`),
    onError: (error) => notifyFailure('The session was not ended', error),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  })
  return (
    <Group component="li" className="panel" p="sm" gap="sm" justify="space-between" wrap="nowrap">
      <Stack gap={2} miw={0}>
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          {session.is_current && <Badge variant="light">This browser</Badge>}
        </Group>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          From {session.address ?? 'an unknown address'}
        </Text>
        <Text size="sm" c="dimmed">
          Used <RelativeTime at={session.last_used_at} />, ends <RelativeTime at={session.expires_at} />
        </Text>
      </Stack>
      {!session.is_current && (
        <Button
          variant="default"
          style={{ flexShrink: 0 }}
          aria-label={`End the session of ${name}`}
          loading={ending.isPending}
          onClick={() => ending.mutate()}
        >
          End
        </Button>
      )}
    </Group>
  )
}
