import type { Slice } from '../engine/slice.ts'

export const upkeepSlice = {
  name: 'upkeep',
  holds: 'deleting what has expired',
  tables: { upkeep: null },
} satisfies Slice
