import type { FailureCause, TestCause } from '@crosswalk/client'
import { paths } from '../../paths.ts'

/** Something that failed for a cause, and where it is looked at. */
type Hit = { key: string; to: string; label: string; orgId: string | null }

/** One reason why things failed, and what it hit: executions, or the tests of mappings. */
export type Cause = Pick<FailureCause, 'code' | 'count' | 'message' | 'guidance' | 'integration_name' | 'failure_kind' | 'mapping_id'> & {
  newest_at: string
  hits: Hit[]
  /** The workflows that failed, where it is not one that the page is about. */
  workflows?: string[]
}

/** With the names of the workflows where they may be several. */
export function causeOfWorkflows(cause: FailureCause): Cause {
  return { ...causeOfExecutions(cause), workflows: [...new Set(cause.executions.map(({ workflow_name }) => workflow_name))].toSorted() }
}

export function causeOfExecutions({ executions, ...cause }: FailureCause): Cause {
  const hits = executions.map(({ execution_id, org_id, org_name, workflow_name }) => ({
    key: execution_id,
    to: paths.execution(execution_id),
    label: org_name ?? workflow_name,
    orgId: org_id,
  }))
  return { ...cause, hits }
}

export function causeOfTests({ mappings, ...cause }: TestCause): Cause {
  const hits = mappings.map(({ mapping_id, org_id, org_name }) => ({
    key: mapping_id,
    to: paths.organizationMappings(org_id, { mapping: mapping_id }),
    label: org_name,
    orgId: org_id,
  }))
  return { ...cause, code: null, mapping_id: null, hits }
}
