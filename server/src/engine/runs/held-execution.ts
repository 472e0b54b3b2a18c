import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import type { Journal } from '../journal/journal.ts'
import type { RunnerPool } from '../runners/runner-pool.ts'
import type { Claim } from '../state/claiming.queries.ts'
import type { Execution } from '../state/executions.ts'
import type { BatchPauses } from '../state/pauses.ts'
import type { EndHandler, HostRequest } from '../state/requests.ts'
import type { Sealer } from '../steps/sealed-outcomes.ts'

/** An execution that this worker holds. */
export type HeldExecution = {
  execution: Execution
  claim: Claim
  claimedAt: Date
  isResumed: boolean
  /** It has waited, and what it waited for has come. */
  isWoken: boolean
  /** The execution that it continues from. */
  retryOf: string | null
  /** The code that asked for what is recorded. */
  codeVersion: string | null
  organization: RunOrder['organization']
}

/** What every run of this worker uses. */
export type RunGiven = {
  db: Database
  pool: RunnerPool
  journal: Journal
  logger: Logger
  requests: ReadonlyMap<string, HostRequest>
  endHandlers: readonly EndHandler[]
  pauses: BatchPauses
  sealer: Sealer
  /** The secrets that an execution has read before, or one that it continues from: what they recorded may hold them. */
  knownSecrets?(executionId: string): Promise<readonly string[]>
  /** How long author code may continue after it was told to stop. */
  graceMs: number
  /** Waits that are at least this long hold no place. */
  minWaitMs: number
  /** True once the worker is stopping: what is interrupted then is handed back, not failed. */
  isClosing(): boolean
  /** Calls back when someone cancels the execution, until the returned function is called. */
  onCancel(executionId: string, listener: () => void): () => void
}
