/** The test of every mapping, which comes with Crosswalk and is no workflow. */
export const testAllMappings = 'test_all_mappings'

/** What a batch or a schedule runs, as people call it. */
export function workName(workflowName: string): string {
  return workflowName === testAllMappings ? 'Test of all mappings' : workflowName
}
