import type { ChannelOutcome } from '../../protocol/channel.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { ExecutionJournal } from '../journal/execution-journal.ts'
import type { RunnerLoss } from '../runners/session-listener.ts'
import type { Wait } from '../state/execution.ts'
import type { RequestContext } from '../state/requests.ts'
import type { OpenStep, StepLedger } from '../steps/step-ledger.ts'
import type { StepIdentity, StepOutcome } from '../steps/step-record.ts'
import type { CodeRequests } from './code-requests.ts'
import type { DurableRun } from './durable-run.ts'
import type { Idleness } from './idleness.ts'

/** How one stay of an execution in a runner ended. */
export type StayEnd =
  | { type: 'ended'; outcome: ChannelOutcome }
  /** It was told to stop before its code began, or its code did not end in its grace. */
  | { type: 'stopped' }
  | { type: 'lost'; loss: RunnerLoss; wasAlone: boolean }
  /** The code has nothing to do but wait. */
  | { type: 'idle'; wait: Wait }

/** What a step's closure came to, once. */
export type Performed = { outcome: ChannelOutcome; isPlain: boolean; hasCalls: boolean }

/** What the runner sessions of one execution share. */
export type RunnerSessionGiven = {
  run: DurableRun
  ledger: StepLedger
  journal: ExecutionJournal
  requests: CodeRequests
  context: RequestContext
  idleness: Idleness
  /** The code that asked for what is recorded. Null where that is not known. */
  codeVersion: string | null
  /** Has the closure of a step run, in whichever runner the execution is attached to then. */
  perform(openStep: OpenStep, attempt: number): Promise<Performed>
  /** Waits; for ever, once the execution is stopped or over. */
  delay(ms: number): Promise<void>
  isStopping(): boolean
  /** The key that a step has whenever its closure runs. */
  idempotencyKeyOf(step: StepIdentity): string
  /** The name of a step as it is recorded. */
  nameOf(openStep: OpenStep): string
  /** Makes what a step came to fit to be stored: sealed where it holds a secret. */
  seal(performed: Performed): Promise<StepOutcome>
  /** A step was recorded, maybe one that an earlier runner asked for: whichever is attached now may have answers to give. */
  onRecorded(): void
  /** The code says what it is called with. */
  onStarted(parameters: JsonObject): void
  /** A vendor asked the code to wait for this time. */
  onWaiting(ms: number): void
  /** The code makes a request that may wait without a place. */
  onWaitAsked(): void
  /** The platform itself cannot continue. */
  onBroken(error: unknown): void
}
