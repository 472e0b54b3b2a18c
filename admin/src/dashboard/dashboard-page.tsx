import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { PageHeader } from '../elements/page-header.tsx'
import { hasDashboard } from '../parts/grants/has-dashboard.ts'
import { useMay } from '../parts/grants/use-may.ts'
import { session } from '../queries/session.ts'
import { AttentionSection } from './attention-section.tsx'
import { FirstAccount } from './first-account.tsx'
import { FirstSteps, useProgress } from './first-steps.tsx'
import { HomePage } from './home-page.tsx'
import { StatisticsSection } from './statistics-section.tsx'

/** The first page: for who may not see how it goes, a page of their own. */
export function DashboardPage() {
  const { data } = useQuery(session)
  if (!data || hasDashboard(data.permissions)) return <Dashboard />
  return data.permissions.length === 0 ? null : <HomePage name={data.actor.name} permissions={data.permissions} />
}

/** What needs attention first, then how it goes. */
function Dashboard() {
  const progress = useProgress()
  const maySeeRuns = useMay('canViewExecutions')
  return (
    <>
      <PageHeader title="Dashboard" description="What needs attention, and what ran in the last 24 hours." />
      <Stack>
        <FirstAccount />
        {progress && <FirstSteps progress={progress} />}
        <AttentionSection isFresh={progress !== null} />
        {maySeeRuns && <StatisticsSection />}
      </Stack>
    </>
  )
}
