import { useParams } from '@tanstack/react-router'
import { PageHeader } from '../elements/page-header.tsx'
import { ExecutionsList } from './executions-list.tsx'

export function ExecutionsPage() {
  return (
    <>
      <PageHeader
        title="Executions"
        description="Everything that ran and runs: workflows, discoveries, connection tests and data providers."
      />
      <ExecutionsList />
    </>
  )
}

/** The executions of one organization. */
export function OrganizationExecutionsTab() {
  const { orgId = '' } = useParams({ strict: false })
  return <ExecutionsList orgId={orgId} />
}
