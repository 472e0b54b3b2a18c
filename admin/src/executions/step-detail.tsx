import type { Step } from '@crosswalk/client'
import { Box, Code, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { JsonBlock } from '../elements/json-block.tsx'
import { durationText, ExactTime } from '../elements/relative-time.tsx'
import { exchangesOf } from '../queries/exchanges.ts'
import { useUrlState } from '../url-state.ts'
import { ErrorRest } from './error-rest.tsx'
import { ExchangeList } from './exchange-list.tsx'
import { entriesWithin, type LogEntry, timeOf } from './log-entry.ts'
import { levelColors } from './log-lines.tsx'
import { type Attempt, attemptsOf, type StepCall, wholeOf } from './step-attempts.ts'
import { StepResult } from './step-result.tsx'
import { endOf, startOf } from './step-times.ts'

const maxLines = 500

const endings: Record<string, { label: string; color: string }> = {
  running: { label: 'Running', color: 'var(--mantine-color-text)' },
  success: { label: 'Done', color: 'var(--crosswalk-good)' },
  failed: { label: 'Failed', color: 'var(--crosswalk-bad)' },
  cut_off: { label: 'Cut off', color: 'var(--crosswalk-warn)' },
}

type StepDetailProps = { executionId: string; index: number; step: Step; now: number; lines: readonly LogEntry[] }

/** What is known of one step: how each attempt ended and what it called, what it came to, and the log of its time. */
export function StepDetail({ executionId, index, step, now, lines }: StepDetailProps) {
  const attempts = attemptsOf(step)
  const calls = attempts.flatMap((attempt) => attempt.calls)
  const moreCalls = attempts.reduce((sum, { more_calls }) => sum + more_calls, 0)
  const { stack, ...others } = step.error?.details ?? {}
  return (
    <Stack gap="md" className="waterfall-detail">
      {step.error && (
        <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere">
          {step.error.type}: {step.error.message}
        </Text>
      )}
      {step.arguments && (
        <Part title="Called with">
          <JsonBlock value={parsedOr(step.arguments)} label="What the client was called with" maxHeight={200} />
        </Part>
      )}
      <Part title="Attempts">
        <Endings caption="Attempts" endings={attempts} nameOf={(attempt: Attempt) => `Attempt ${attempt.attempt}`} />
        {attempts.some(({ status }) => status === 'cut_off') && (
          <Text size="sm" c="dimmed">
            Of an attempt that was cut off nobody knows whether it was done at the vendor.
          </Text>
        )}
      </Part>
      {calls.length > 0 && (
        <Part title="Calls">
          <Endings caption="Calls" endings={calls} nameOf={(call: StepCall) => <Code>{call.name}</Code>} />
          {moreCalls > 0 && (
            <Text size="sm" c="dimmed">
              And {moreCalls.toLocaleString()} more.
            </Text>
          )}
        </Part>
      )}
      <StepExchanges executionId={executionId} step={step} />
      {step.status === 'success' && (
        <Part title="Result">
          <StepResult executionId={executionId} index={index} />
        </Part>
      )}
      <ErrorRest others={others} stack={stack} />
      <Part title="Log while it ran">
        <Lines step={step} now={now} lines={lines} />
      </Part>
    </Stack>
  )
}

/** What the step asked of vendors. */
function StepExchanges({ executionId, step }: { executionId: string; step: Step }) {
  const { data } = useQuery(exchangesOf(executionId, step.status === 'running'))
  const own =
    data?.items.filter((exchange) => exchange.step_idempotency_key !== null && exchange.step_idempotency_key === step.idempotency_key) ?? []
  if (own.length === 0) return null
  return (
    <Part title="Calls to vendors">
      <ExchangeList caption={`Calls of ${step.name}`} exchanges={own.slice(0, maxLines)} />
    </Part>
  )
}

/** JSON text, which is none any more where it was cut. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box role="group" aria-label={title}>
      <Title order={3} fz="sm" mb={4}>
        {title}
      </Title>
      {children}
    </Box>
  )
}

type EndingsProps<T extends StepCall | Attempt> = {
  caption: string
  endings: readonly T[]
  nameOf: (ending: T) => React.ReactNode
}

function Endings<T extends StepCall | Attempt>({ caption, endings: all, nameOf }: EndingsProps<T>) {
  return (
    <ul className="endings" aria-label={caption}>
      {all.map((ending, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they only come to the end
        <li key={index} className="wrap-anywhere">
          {nameOf(ending)}{' '}
          <Text span size="sm" c={endings[ending.status]?.color ?? 'var(--mantine-color-text)'}>
            {endings[ending.status]?.label ?? ending.status}
            {ending.error && `: ${ending.error.message}`}
          </Text>{' '}
          <Text span size="sm" c="dimmed" className="tabular">
            <ExactTime at={ending.started_at} />
            {ending.duration_ms !== null && `, ${durationText(ending.duration_ms)}`}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Lines({ step, now, lines }: { step: Step; now: number; lines: readonly LogEntry[] }) {
  const [, change] = useUrlState({ line: '' })
  const whole = wholeOf(step)
  const [from, until] = [startOf(whole), Math.ceil(endOf(whole, now))]
  const found = useMemo(() => entriesWithin(lines, from, until), [lines, from, until])
  if (found.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No log output in this time.
      </Text>
    )
  return (
    <>
      <Box className="step-lines" role="group" aria-label="Lines" tabIndex={0}>
        {found.slice(0, maxLines).map((line) => (
          <div key={line.sequence} className="log-line" style={{ paddingInline: 0 }}>
            <a
              href={`?line=${line.sequence}`}
              onClick={(event) => {
                event.preventDefault()
                change({ line: String(line.sequence) })
              }}
            >
              <time dateTime={timeOf(line)}>{timeOf(line).slice(11, 23)}</time>
            </a>
            <b style={{ color: levelColors[line.level] }}>{line.level}</b>
            <span>{line.text.slice(line.messageAt)}</span>
          </div>
        ))}
      </Box>
      {found.length > maxLines && (
        <Text size="sm" c="dimmed">
          These are the first {maxLines} of {found.length.toLocaleString()}. The log below has them all.
        </Text>
      )}
    </>
  )
}
