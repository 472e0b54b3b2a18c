import type { Batch } from '@crosswalk/client'

/** For whom a batch runs. Tests of all mappings to one integration are for those that are mapped to it. */
export function selectionOf({ kind, organizations, parameters }: Batch): Batch['organizations'] {
  const { integration_name: integration } = parameters
  return kind === 'connection_test' && organizations === 'all' && typeof integration === 'string' ? `mapped:${integration}` : organizations
}
