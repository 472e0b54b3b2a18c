import { Stack } from '@mantine/core'
import { PageHeader } from '../elements/page-header.tsx'
import { AttentionSection } from './attention-section.tsx'
import { FirstSteps } from './first-steps.tsx'
import { StatisticsSection } from './statistics-section.tsx'

/** What needs attention first, then how it goes. */
export function DashboardPage() {
  return (
    <>
      <PageHeader title="Dashboard" description="What needs attention, and what ran in the last 24 hours." />
      <Stack>
        <FirstSteps />
        <AttentionSection />
        <StatisticsSection />
      </Stack>
    </>
  )
}
