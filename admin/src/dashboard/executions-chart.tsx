import type { ExecutionStatisticsHoursItem } from '@crosswalk/client'
import { Box, Group, Text } from '@mantine/core'

const height = 120
const hourText = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** A bar for each hour: what succeeded, failed, and everything else. */
export function ExecutionsChart({ hours }: { hours: ExecutionStatisticsHoursItem[] }) {
  const bars = hours.map(({ at, succeeded, failed, cancelled, under_way }) => ({
    at: Date.parse(at),
    succeeded,
    failed,
    other: cancelled + under_way,
  }))
  const peak = Math.max(1, ...bars.map(({ succeeded, failed, other }) => succeeded + failed + other))
  const total = bars.reduce((sum, { succeeded, failed, other }) => sum + succeeded + failed + other, 0)
  const failures = bars.reduce((sum, { failed }) => sum + failed, 0)
  const parts = [
    { key: 'failed', color: 'var(--crosswalk-bad)', label: 'failed' },
    { key: 'other', color: 'light-dark(#868e96, #909296)', label: 'running or cancelled' },
    { key: 'succeeded', color: 'light-dark(#4055dc, #8896ea)', label: 'succeeded' },
  ] as const
  return (
    <Box>
      <Group
        role="img"
        aria-label={`${total} executions in the last ${bars.length} hours, ${failures} of them failed`}
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
                style={{ height: (bar[key] / peak) * (height - 4), background: color, minHeight: bar[key] > 0 ? 3 : 0, borderRadius: 2 }}
              />
            ))}
          </div>
        ))}
      </Group>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {hourText.format(bars[0]?.at)}
        </Text>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
      <Group justify="center" gap="md">
        {parts.map(({ key, color, label }) => (
          <Group key={key} gap={6}>
            <Box w={10} h={10} bg={color} style={{ borderRadius: 2 }} />
            <Text size="xs" c="dimmed">
              {label}
            </Text>
          </Group>
        ))}
      </Group>
    </Box>
  )
}
