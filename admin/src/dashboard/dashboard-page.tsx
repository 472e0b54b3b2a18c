import { Alert, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { paths } from '../paths.ts'
import { organizationChoices } from '../queries/organizations.ts'
import { AttentionSection } from './attention-section.tsx'
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

/** For a fresh installation: where to begin. */
function FirstSteps() {
  const { data } = useQuery(organizationChoices(''))
  if (!data || data.length > 0) return null
  return (
    <Alert variant="light" title="Welcome to Crosswalk">
      Begin with your first customer: <AppLink to={paths.organizations()}>add an organization</AppLink>, then connect it with one of your
      tools on its Integrations tab.
    </Alert>
  )
}
