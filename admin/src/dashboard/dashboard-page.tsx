import { Stack } from '@mantine/core'
import { PageHeader } from '../elements/page-header.tsx'
import { AttentionSection } from './attention-section.tsx'
import { FirstAccount } from './first-account.tsx'
import { FirstSteps, useProgress } from './first-steps.tsx'
import { StatisticsSection } from './statistics-section.tsx'

/** What needs attention first, then how it goes. */
export function DashboardPage() {
  const progress = useProgress()
  return (
    <>
      <PageHeader title="Dashboard" description="What needs attention, and what ran in the last 24 hours." />
      <Stack>
        <FirstAccount />
        {progress && <FirstSteps progress={progress} />}
        <AttentionSection isFresh={progress !== null} />
        <StatisticsSection />
      </Stack>
    </>
  )
}
