import type { Step } from '@crosswalk/client'
import { Button, Stack, Text, Timeline } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconLoader } from '@tabler/icons-react'
import { useState } from 'react'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'
import { placeOf, type Span, spanOf } from './step-times.ts'

const looks = {
  running: { color: 'blue', icon: <IconLoader size={12} />, label: 'running' },
  success: { color: 'green.9', icon: <IconCheck size={12} />, label: 'done' },
  failed: { color: 'red.9', icon: <IconAlertCircle size={12} />, label: 'failed' },
}

/** More are drawn only when they are asked for. */
const mostShown = 100

/** What was recorded, in order: after a crash these are not done again. */
export function StepsPanel({ steps }: { steps: Step[] }) {
  const [isWhole, setWhole] = useState(false)
  if (steps.length === 0) return null
  const shown = isWhole ? steps : steps.slice(0, mostShown)
  const span = spanOf(steps, Date.now())
  return (
    <Panel title="Steps" description="Completed steps are not repeated after a crash.">
      <Timeline bulletSize={22} lineWidth={2} active={shown.length}>
        {shown.map((step) => {
          const look = looks[step.status]
          return (
            <Timeline.Item
              key={`${step.started_at} ${step.name} ${step.attempt}`}
              bullet={look.icon}
              color={look.color}
              title={<span className="wrap-anywhere">{step.name}</span>}
            >
              <Stack gap={4}>
                <Text size="sm" c="dimmed" className="tabular">
                  {look.label}
                  {step.duration_ms !== null && ` in ${durationText(step.duration_ms)}`}
                  {step.attempt > 1 && `, attempt ${step.attempt}`}
                </Text>
                {steps.length > 1 && <Bar step={step} span={span} />}
                {step.error && (
                  <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere">
                    {step.error.message}
                  </Text>
                )}
              </Stack>
            </Timeline.Item>
          )
        })}
      </Timeline>
      {shown.length < steps.length && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={() => setWhole(true)}>
          Show all {steps.length.toLocaleString()} steps
        </Button>
      )}
    </Panel>
  )
}

/** When the step was, in the time of all steps. Its words stand above. */
function Bar({ step, span }: { step: Step; span: Span }) {
  const { offset, width } = placeOf(step, span)
  return (
    <div className="step-time" aria-hidden>
      <div data-status={step.status} style={{ marginInlineStart: `${offset}%`, width: `${width}%` }} />
    </div>
  )
}
