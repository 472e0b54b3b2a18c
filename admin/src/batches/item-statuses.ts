import { batchItemStatuses } from '@crosswalk/client'

const lookedFor: readonly (typeof batchItemStatuses)[number][] = [
  'failed',
  'timeout',
  'not_tested',
  'running',
  'waiting',
  'cancelling',
  'pending',
  'success',
]

/** What an item of a batch can be. What people look for comes first. */
export const itemStatuses = [...lookedFor, ...batchItemStatuses.filter((status) => !lookedFor.includes(status))]
