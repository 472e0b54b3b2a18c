import type { Step } from '@crosswalk/client'
import { Group, Stack, Text, Timeline } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconLoader } from '@tabler/icons-react'
import { Panel } from '../elements/panel.tsx'
import { durationText } from '../elements/relative-time.tsx'

const looks = {
  running: { color: 'blue', icon: <IconLoader size={12} />, label: 'running' },
  success: { color: 'green.9', icon: <IconCheck size={12} />, label: 'done' },
  failed: { color: 'red.9', icon: <IconAlertCircle size={12} />, label: 'failed' },
}

/** What was recorded, in order: after a crash these are not done again. */
export function StepsPanel({ steps }: { steps: Step[] }) {
  if (steps.length === 0) return null
  return (
    <Panel title="Steps" description="Recorded acts. After a crash, those that are done are not done again.">
      <Timeline bulletSize={22} lineWidth={2} active={steps.length}>
        {steps.map((step) => {
          const look = looks[step.status]
          return (
            <Timeline.Item
              key={`${step.started_at} ${step.name} ${step.attempt}`}
              bullet={look.icon}
              color={look.color}
              title={<span className="wrap-anywhere">{step.name}</span>}
            >
              <Stack gap={0}>
                <Group gap={8}>
                  <Text size="sm" c="dimmed" className="tabular">
                    {look.label}
                    {step.duration_ms !== null && ` in ${durationText(step.duration_ms)}`}
                    {step.attempt > 1 && `, attempt ${step.attempt}`}
                  </Text>
                </Group>
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
    </Panel>
  )
}
