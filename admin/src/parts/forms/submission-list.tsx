import type { Submission } from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { AppLink } from '../../elements/app-link.tsx'
import { RelativeTime } from '../../elements/relative-time.tsx'
import { paths } from '../../paths.ts'
import { SubmissionStatus } from '../status-badge.tsx'
import { formTitle } from './form-title.ts'

/** What one has sent, and how each stands. */
export function SubmissionList({ submissions }: { submissions: readonly Submission[] }) {
  return (
    <Stack gap="sm" component="ul" p={0} m={0} aria-label="Your requests" style={{ listStyle: 'none' }}>
      {submissions.map((submission) => {
        const { id, form_id, form_name, org_name, created_at } = submission
        return (
          <Group key={id} component="li" justify="space-between" gap="sm" wrap="nowrap">
            <div className="wrap-anywhere">
              <AppLink to={paths.request(id)}>{formTitle(form_id, form_name)}</AppLink>
              <Text size="xs" c="dimmed" component="div" className="tabular">
                {org_name !== null && `${org_name}, `}
                <RelativeTime at={created_at} />
              </Text>
            </div>
            <SubmissionStatus submission={submission} />
          </Group>
        )
      })}
    </Stack>
  )
}
