import type { ExecutionSummary } from '@crosswalk/client'
import { Box, Group, Text } from '@mantine/core'

const hourMs = 3_600_000
const height = 120
const hourText = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

type Bar = { at: number; succeeded: number; failed: number; other: number }

function barsOf(executions: ExecutionSummary[], hours: number): Bar[] {
  const end = Math.ceil(Date.now() / hourMs) * hourMs
  const bars = Array.from({ length: hours }, (_, index): Bar => ({ at: end - (hours - index) * hourMs, succeeded: 0, failed: 0, other: 0 }))
  for (const { created_at, status } of executions) {
    const bar = bars[Math.floor((Date.parse(created_at) - (end - hours * hourMs)) / hourMs)]
    if (!bar) continue
    if (status === 'success') bar.succeeded += 1
    else if (status === 'failed' || status === 'timeout') bar.failed += 1
    else bar.other += 1
  }
  return bars
}

/** A bar for each hour: what succeeded, failed, and everything else. */
export function ExecutionsChart({ executions, hours }: { executions: ExecutionSummary[]; hours: number }) {
  const bars = barsOf(executions, hours)
  const most = Math.max(1, ...bars.map(({ succeeded, failed, other }) => succeeded + failed + other))
  const total = bars.reduce((sum, { succeeded, failed, other }) => sum + succeeded + failed + other, 0)
  const failures = bars.reduce((sum, { failed }) => sum + failed, 0)
  const parts = [
    { key: 'failed', color: 'var(--crosswalk-bad)', label: 'failed' },
    { key: 'other', color: 'light-dark(#868e96, #909296)', label: 'under way or cancelled' },
    { key: 'succeeded', color: 'light-dark(#4055dc, #8896ea)', label: 'succeeded' },
  ] as const
  return (
    <Box>
      <Group
        role="img"
        aria-label={`${total} executions in the last ${hours} hours, ${failures} of them failed`}
        gap={3}
        align="flex-end"
        h={height}
        wrap="nowrap"
      >
        {bars.map((bar) => (
          <div
            key={bar.at}
            title={`${hourText.format(bar.at)}: ${parts.map(({ key, label }) => `${bar[key]} ${label}`).join(', ')}`}
            style={{
              flex: 1,
              display: 'flex',
              flexDirection: 'column',
              justifyContent: 'flex-end',
              height: '100%',
              borderBottom: '1px solid var(--crosswalk-line)',
            }}
          >
            {parts.map(({ key, color }) => (
              <div
                key={key}
                style={{ height: (bar[key] / most) * (height - 4), background: color, minHeight: bar[key] > 0 ? 3 : 0, borderRadius: 2 }}
              />
            ))}
          </div>
        ))}
      </Group>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {hourText.format(bars[0]?.at)}
        </Text>
        <Group gap="md">
          {parts.map(({ key, color, label }) => (
            <Group key={key} gap={6}>
              <Box w={10} h={10} bg={color} style={{ borderRadius: 2 }} />
              <Text size="xs" c="dimmed">
                {label}
              </Text>
            </Group>
          ))}
        </Group>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
    </Box>
  )
}
