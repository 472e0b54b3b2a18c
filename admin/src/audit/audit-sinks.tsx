import { type AuditSink, listAuditSinks } from '@crosswalk/client'
import { Alert, Text } from '@mantine/core'
import { IconCloudOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { RelativeTime } from '../elements/relative-time.tsx'

const names = { syslog: 'syslog', webhook: 'the webhook' } as const
const eventsOf = (count: number) => (count === 1 ? 'one event' : `${count.toLocaleString()} events`)

/** Where the audit is sent on to: how far that is, and why events do not arrive. Says nothing where it is sent nowhere, or the reader may not see it. */
export function AuditSinks() {
  const { data } = useQuery({
    queryKey: ['audit', 'sinks'],
    queryFn: ({ signal }) => listAuditSinks({ signal }),
    retry: false,
    refetchInterval: ({ state }) => (state.error ? false : 30_000),
  })
  return data?.sinks.map((sink) => <Sink key={sink.name} sink={sink} />)
}

function Sink({ sink: { name, behind, sent_at: sentAt, failing_since: failingSince, last_error: reason } }: { sink: AuditSink }) {
  if (failingSince !== null) {
    return (
      <Alert color="orange" variant="light" icon={<IconCloudOff />} title={`The audit does not arrive at ${names[name]}`} role="status">
        <Text size="sm" className="wrap-anywhere">
          It first failed <RelativeTime at={failingSince} />, and {eventsOf(behind)} {behind === 1 ? 'waits' : 'wait'} to be sent. {reason}
        </Text>
      </Alert>
    )
  }
  return (
    <Text size="sm" c="dimmed">
      Sent on to {names[name]}: {behind === 0 ? 'it has every event' : `${eventsOf(behind)} to go`}
      {sentAt !== null && (
        <>
          , last sent <RelativeTime at={sentAt} />
        </>
      )}
      .
    </Text>
  )
}
