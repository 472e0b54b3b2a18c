import type { ExecutionKind } from '../../protocol/kinds.ts'

/** The kind of execution that tests the connection of a mapping. */
export const connectionTest = 'connection_test' satisfies ExecutionKind
