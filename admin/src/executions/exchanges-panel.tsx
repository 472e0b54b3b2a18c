import type { ExecutionDetail } from '@crosswalk/client'
import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { FilterSelect } from '../elements/filter-select.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { exchangesOf, maxExchanges } from '../queries/exchanges.ts'
import { isUnderWay } from '../queries/executions.ts'
import { ExchangeList } from './exchange-list.tsx'

/** More are drawn only when they are asked for. */
const maxShown = 50

const answers: Record<string, (status: number | null, isFailed: boolean) => boolean> = {
  failed: (_status, isFailed) => isFailed,
  ok: (_status, isFailed) => !isFailed,
  '429': (status) => status === 429,
  '4xx': (status) => status !== null && status >= 400 && status < 500,
  '5xx': (status) => status !== null && status >= 500,
  none: (status) => status === null,
}
const answerData = [
  { value: 'ok', label: 'Successful' },
  { value: 'failed', label: 'Failed' },
  { value: '429', label: 'Too many (429)' },
  { value: '4xx', label: 'Refused (4xx)' },
  { value: '5xx', label: 'Faults (5xx)' },
  { value: 'none', label: 'No answer' },
]

const counted = (count: number, one: string, many: string) => `${count.toLocaleString()} ${count === 1 ? one : many}`

/** What the execution asked of vendors, by host and answer. Nothing where it asked nothing. */
export function ExchangesPanel({ execution }: { execution: ExecutionDetail }) {
  const { data, error, refetch, isFetching } = useQuery(exchangesOf(execution.execution_id, isUnderWay(execution.status)))
  const [host, setHost] = useState('')
  const [answer, setAnswer] = useState('')
  const [isWhole, setWhole] = useState(false)
  if (!data) {
    if (!error) return null
    return (
      <LoadState query={{ data, error, refetch, isFetching }} label="Loading the calls" failed="The calls to vendors could not be loaded" />
    )
  }
  if (data.items.length === 0) return null
  const hosts = [...new Set(data.items.map((exchange) => exchange.host))].sort()
  const found = data.items.filter(
    (exchange) =>
      (host === '' || exchange.host === host) && (answer === '' || answers[answer]?.(exchange.status, exchange.error !== null) === true),
  )
  const failed = data.items.filter((exchange) => exchange.error !== null).length
  const tokens = data.items.filter(({ purpose }) => purpose === 'token').length
  const made = [
    counted(data.items.length - tokens, 'call', 'calls'),
    ...(tokens === 0 ? [] : [counted(tokens, 'request for a token', 'requests for tokens')]),
  ].join(' and ')
  return (
    <Panel
      title="Calls to vendors"
      description={`${made}, ${failed === 0 ? 'none failed' : `${failed.toLocaleString()} failed`}.`}
      actions={
        <>
          {hosts.length > 1 && (
            <FilterSelect
              label="Vendor"
              all="All vendors"
              w={220}
              data={hosts.map((value) => ({ value, label: value }))}
              value={host}
              onChange={setHost}
            />
          )}
          <FilterSelect label="Answer" all="All answers" w={170} data={answerData} value={answer} onChange={setAnswer} />
        </>
      }
    >
      <ExchangeList caption="Calls to vendors" exchanges={isWhole ? found : found.slice(0, maxShown)} />
      <Group mt="sm">
        {!isWhole && found.length > maxShown && (
          <Button size="compact-sm" variant="default" onClick={() => setWhole(true)}>
            Show all {found.length.toLocaleString()} calls
          </Button>
        )}
        {!data.isComplete && (
          <Text size="sm" c="dimmed">
            These are the first {maxExchanges.toLocaleString()}. The command <code>crosswalk executions exchanges --all</code> lists all.
          </Text>
        )}
      </Group>
    </Panel>
  )
}
