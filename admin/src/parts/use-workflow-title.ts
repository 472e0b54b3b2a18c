import { useQuery } from '@tanstack/react-query'
import { allWorkflows } from '../queries/workflows.ts'
import { useMay } from './grants/use-may.ts'

/**
 * What people call a workflow by its name: as its author does, or by the name where they gave no other, where it is not there any more, and to
 * those who may not read the workflows.
 */
export function useWorkflowTitle(): (name: string) => string {
  const enabled = useMay('canViewCatalogue')
  const workflows = useQuery({ ...allWorkflows, enabled }).data?.workflows
  return (name) => workflows?.find((workflow) => workflow.name === name)?.display_name ?? name
}
