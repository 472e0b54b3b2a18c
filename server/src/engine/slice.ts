import type { OnPublished } from '../definitions/definitions.ts'
import type { Slice as PlatformSlice } from '../platform/slice.ts'
import type { ExecutionKind } from '../protocol/kinds.ts'
import type { BatchPauses } from './state/pauses.ts'
import type { EndHandler, HostRequest } from './state/requests.ts'

/**
 * A slice that stands after the engine, with its part in executions.
 *
 * @typeParam RequestGiven what its requests need
 */
export type Slice<Given = never, RequestGiven = never> = PlatformSlice<Given> & {
  /** The kinds of execution that it submits. Each kind has one slice. */
  kinds?: readonly ExecutionKind[]
  /** What author code may ask of it. */
  requests?: (given: RequestGiven) => readonly HostRequest[]
  /** What it does when an execution of its kind ends. */
  ends?: readonly EndHandler[]
  /** How the engine asks for pauses of its batches. One slice has them. */
  pauses?: BatchPauses
  /** What it carries over from what the workspace publishes. */
  onPublished?: OnPublished
}
