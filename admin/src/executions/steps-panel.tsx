import type { Step } from '@crosswalk/client'
import { Button, Text, UnstyledButton } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconChevronRight, IconLoader } from '@tabler/icons-react'
import { useEffect, useId, useState } from 'react'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'
import type { LogEntry } from './log-entry.ts'
import { attemptsOf, wholeOf } from './step-attempts.ts'
import { StepDetail } from './step-detail.tsx'
import { placeOf, type Span, spanOf } from './step-times.ts'

const looks = {
  running: { icon: <IconLoader size={14} />, color: 'var(--mantine-color-blue-6)', label: 'running' },
  success: { icon: <IconCheck size={14} />, color: 'var(--crosswalk-good)', label: 'done' },
  failed: { icon: <IconAlertCircle size={14} />, color: 'var(--crosswalk-bad)', label: 'failed' },
}

/** More are drawn only when they are asked for. */
const maxShown = 100

/** The time now, told a few times a second while something runs. */
function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = window.setInterval(() => setNow(Date.now()), 500)
    return () => window.clearInterval(timer)
  }, [isRunning])
  return now
}

/** What was recorded, in the order in which it began, each in its time. A step opens what is known of it. */
export function StepsPanel({ executionId, steps, lines }: { executionId: string; steps: Step[]; lines: readonly LogEntry[] }) {
  const [isWhole, setWhole] = useState(false)
  const now = useNow(steps.some(({ status }) => status === 'running'))
  if (steps.length === 0) return null
  const shown = isWhole ? steps : steps.slice(0, maxShown)
  const span = spanOf(steps.map(wholeOf), now)
  return (
    <Panel title="Steps" description="Completed steps are not repeated after a crash.">
      <div className="waterfall-axis" aria-hidden>
        <span />
        <div>
          {[0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part}>{part === 0 ? '0' : durationText((span.endMs - span.startMs) * part)}</span>
          ))}
        </div>
        <span>{durationText(span.endMs - span.startMs)}</span>
      </div>
      <ol className="waterfall">
        {shown.map((step, index) => (
          <StepRow
            // biome-ignore lint/suspicious/noArrayIndexKey: steps only come to the end, and a repeated one keeps its place
            key={index}
            executionId={executionId}
            index={index}
            step={step}
            span={span}
            now={now}
            lines={lines}
          />
        ))}
      </ol>
      {shown.length < steps.length && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={() => setWhole(true)}>
          Show all {steps.length.toLocaleString()} steps
        </Button>
      )}
    </Panel>
  )
}

type StepRowProps = { executionId: string; index: number; step: Step; span: Span; now: number; lines: readonly LogEntry[] }

function StepRow({ executionId, index, step, span, now, lines }: StepRowProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const look = looks[step.status]
  const attempts = attemptsOf(step)
  const tries = step.attempt > 1 ? `, attempt ${step.attempt}` : ''
  return (
    <li>
      <UnstyledButton className="waterfall-row" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <span className="waterfall-name">
          <IconChevronRight size={14} className="waterfall-arrow" aria-hidden />
          <span style={{ color: look.color, display: 'inline-flex' }} role="img" aria-label={look.label}>
            {look.icon}
          </span>
          <span className="waterfall-text" title={step.name}>
            {step.name}
          </span>
          {tries !== '' && (
            <Text component="span" size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {tries.slice(2)}
            </Text>
          )}
        </span>
        <span className="waterfall-time" aria-hidden>
          {attempts.map((attempt) => {
            const { offset, width } = placeOf(attempt, span)
            return (
              <span
                key={attempt.attempt}
                className="waterfall-bar"
                data-status={attempt.status}
                style={{ insetInlineStart: `${offset}%`, width: `${width}%` }}
              />
            )
          })}
        </span>
        <span className="waterfall-duration tabular">{durationText(step.duration_ms)}</span>
      </UnstyledButton>
      <div id={id} hidden={!isOpen}>
        {isOpen && <StepDetail executionId={executionId} index={index} step={step} now={now} lines={lines} />}
      </div>
    </li>
  )
}
