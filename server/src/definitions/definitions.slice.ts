import type { Slice } from '../platform/slice.ts'

export const definitionsSlice = {
  name: 'definitions',
  holds: 'what the workspace publishes',
  tables: {
    definitions: 'A claim, a list of due schedules and a list of what is discovered hold rows to it in one statement.',
    definition_problems: null,
    switched_off_integrations: null,
  },
} satisfies Slice
