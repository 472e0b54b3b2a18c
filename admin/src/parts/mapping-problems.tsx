import type { Mapping } from '@crosswalk/client'
import { Stack, Text } from '@mantine/core'
import { RelativeTime } from '../elements/relative-time.tsx'
import { RepairLink } from './repair-link.tsx'

/** What has to be repaired about a mapping, each with what to do, and the way there: once for what one page repairs. */
export function MappingProblems({ problems }: { problems: Mapping['problems'] }) {
  return (
    <Stack gap={6}>
      {problems.map(({ problem, remedy, repair_url, code, due_at }, index) => (
        <div key={`${code} ${problem}`}>
          <Text size="sm" className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
            {problem}
            {code && ` (${code})`}
            {due_at && (
              <Text span c="dimmed" inherit>
                {' Due '}
                <RelativeTime at={due_at} />
              </Text>
            )}
          </Text>
          {remedy && (
            <Text size="sm" c="dimmed" className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
              {remedy}
            </Text>
          )}
          {repair_url !== problems[index + 1]?.repair_url && <RepairLink url={repair_url} />}
        </div>
      ))}
    </Stack>
  )
}
