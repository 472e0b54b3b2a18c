import type { Exchange } from '@crosswalk/client'
import { Badge, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import type { DataTableColumn } from 'mantine-datatable'
import { RecordsTable } from '../elements/records-table.tsx'
import { durationText, ExactTime } from '../elements/relative-time.tsx'
import { curlText } from './curl-text.ts'

/** Shorter waits are those of any call. */
const minWaitMs = 5

/** What came: the status, or why nothing did; both where the call failed although its status is fine. */
function Answer({ exchange: { status, error } }: { exchange: Exchange }) {
  return (
    <Badge variant="light" color={error ? 'red' : 'teal'} tt="none" style={{ flexShrink: 0 }}>
      {[status, (status ?? 0) < 400 && error?.kind.replaceAll('_', ' ')].filter(Boolean).join(' ')}
    </Badge>
  )
}

function Request({ exchange: { method, host, path, purpose } }: { exchange: Exchange }) {
  return (
    <Text size="sm" className="wrap-anywhere">
      <b>{method}</b> {path}{' '}
      <Text span size="sm" c="dimmed">
        {host}
        {purpose === 'token' && ', for a token'}
      </Text>
    </Text>
  )
}

const waitText = ({ waited_ms }: Exchange) => (waited_ms < minWaitMs ? '–' : durationText(waited_ms))

const columns: DataTableColumn<Exchange>[] = [
  { accessor: 'request', title: 'Request', render: (exchange) => <Request exchange={exchange} /> },
  { accessor: 'status', title: 'Answer', render: (exchange) => <Answer exchange={exchange} /> },
  { accessor: 'step', title: 'Step', render: ({ step }) => step ?? '–' },
  { accessor: 'waited_ms', title: 'Waited', render: waitText },
  { accessor: 'duration_ms', title: 'At the vendor', render: ({ duration_ms }) => durationText(duration_ms) },
]

const columnsOfStep = columns.filter(({ accessor }) => accessor !== 'step')

/** What stands for a row on a phone. */
function Card({ exchange }: { exchange: Exchange }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="start">
        <Request exchange={exchange} />
        <Answer exchange={exchange} />
      </Group>
      <Text size="sm" c="dimmed">
        {durationText(exchange.duration_ms)} at the vendor
        {exchange.waited_ms >= minWaitMs && `, after ${durationText(exchange.waited_ms)} in line`}
        {exchange.step !== null && `, in ${exchange.step}`}
      </Text>
    </Stack>
  )
}

function Body({ title, text }: { title: string; text: string | null }) {
  if (!text) return null
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <Code block mah={240} style={{ overflow: 'auto' }} tabIndex={0} aria-label={title}>
        {text}
      </Code>
    </div>
  )
}

const bytesText = (bytes: number) =>
  bytes < 10_000 ? `${bytes.toLocaleString()} bytes` : `${Math.round(bytes / 1_024).toLocaleString()} KiB`

function CopyAsCurl({ exchange }: { exchange: Exchange }) {
  return (
    <div>
      <CopyButton value={curlText(exchange)}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
            {copied ? 'Copied' : 'Copy as curl'}
          </Button>
        )}
      </CopyButton>
      <Text size="xs" c="dimmed" mt={4}>
        Without credentials and query, which are not kept.
      </Text>
    </div>
  )
}

/** All that is known of one call. */
function ExchangeDetail({ exchange }: { exchange: Exchange }) {
  const { started_at, attempt, request_bytes, response_bytes, first_byte_ms, error, integration_name } = exchange
  return (
    <Stack gap="sm" p="sm">
      <Text size="sm">
        <ExactTime at={started_at} />, attempt {attempt}
        {integration_name !== null && `, of the integration ${integration_name}`}. Sent {bytesText(request_bytes)}, received{' '}
        {bytesText(response_bytes)}
        {first_byte_ms !== null && `; the answer began after ${durationText(first_byte_ms)}`}.
      </Text>
      {error?.message && (
        <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere">
          {error.message}
        </Text>
      )}
      <Body title="Sent" text={exchange.request_body} />
      <Body title="Received" text={exchange.response_body} />
      {exchange.purpose === 'token' ? (
        <Text size="xs" c="dimmed">
          Crosswalk made this request, since the call needed a token. What was sent and answered is not kept: it is credentials.
        </Text>
      ) : (
        <CopyAsCurl exchange={exchange} />
      )}
    </Stack>
  )
}

/** Calls to vendors; each opens what is known of it. */
export function ExchangeList({ caption, exchanges, isOfStep = false }: { caption: string; exchanges: Exchange[]; isOfStep?: boolean }) {
  return (
    <RecordsTable
      caption={caption}
      records={exchanges}
      columns={isOfStep ? columnsOfStep : columns}
      idOf={({ id }) => id}
      detail={(exchange) => <ExchangeDetail exchange={exchange} />}
      card={(exchange) => <Card exchange={exchange} />}
    />
  )
}
