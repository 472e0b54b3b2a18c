/** The test of every mapping, which comes with Crosswalk and is no workflow. */
export const testAllMappings = 'test_all_mappings'

/** Tests of mappings that someone asked for. */
export const testMappings = 'test_mappings'

/** What a batch or a schedule runs, as people call it. */
export function workName(workflowName: string): string {
  if (workflowName === testMappings) return 'Test of mappings'
  if (workflowName === 'discover_all') return 'Daily discovery'
  return workflowName === testAllMappings ? 'Test of all mappings' : workflowName
}
