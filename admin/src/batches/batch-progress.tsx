import type { Batch } from '@crosswalk/client'
import { Group, Progress, Text } from '@mantine/core'

const parts = [
  { color: 'green.7', statuses: ['success'] },
  { color: 'red.7', statuses: ['failed', 'timeout'] },
  { color: 'gray.6', statuses: ['not_tested', 'cancelled', 'skipped', 'expired'] },
  { color: 'blue.5', statuses: ['running', 'waiting', 'cancelling'] },
] as const

/** How many failed or took too long. */
export function failedOf({ counts }: Pick<Batch, 'counts'>): number {
  return counts.failed + counts.timeout
}

/** How far a batch is: green succeeded, red failed, grey was left out, blue runs or waits for something; the rest is queued. */
export function BatchBar({ batch, size = 8 }: { batch: Batch; size?: number }) {
  const { counts, total, done } = batch
  return (
    <Progress.Root
      size={size}
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={Math.max(total, 1)}
      aria-valuenow={done}
      aria-valuetext={`${done} of ${total} done, ${failedOf(batch)} failed`}
    >
      {parts.map(({ color, statuses }) => {
        const count = statuses.reduce((sum, status) => sum + counts[status], 0)
        return <Progress.Section key={color} withAria={false} color={color} value={total === 0 ? 0 : (100 * count) / total} />
      })}
    </Progress.Root>
  )
}

/** The same with its numbers, for a list. */
export function BatchProgress({ batch }: { batch: Batch }) {
  const failed = failedOf(batch)
  return (
    <div style={{ minWidth: 170 }}>
      <Group justify="space-between" gap="xs" wrap="nowrap" mb={4}>
        <Text size="sm" className="tabular" style={{ whiteSpace: 'nowrap' }}>
          {batch.done.toLocaleString()} of {batch.total.toLocaleString()}
        </Text>
        {failed > 0 && (
          <Text size="sm" fw={600} c="var(--crosswalk-bad)" className="tabular" style={{ whiteSpace: 'nowrap' }}>
            {failed.toLocaleString()} failed
          </Text>
        )}
      </Group>
      <BatchBar batch={batch} size={6} />
    </div>
  )
}
