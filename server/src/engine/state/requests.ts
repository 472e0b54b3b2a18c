import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Database, Transaction } from '../../platform/database/database.ts'
import type { ExecutionKind } from '../../protocol/kinds.ts'
import type { Wait } from './execution.ts'
import type { Execution } from './executions.ts'

/** What an execution has read, as far as it matters for what it reads next. */
export type SeenByExecution = {
  /** Marks of secrets whose reading is recorded. */
  secrets: Set<string>
  /** Keys of global secrets. */
  globalKeys: Set<string>
  /** The hosts that mapping data named, by integration. */
  hosts: Map<string, Set<string>>
}

export function nothingSeen(): SeenByExecution {
  return { secrets: new Set(), globalKeys: new Set(), hosts: new Map() }
}

/** What the host knows while it answers a request of an execution. Nothing in it comes from author code. */
export type RequestContext = {
  db: Database
  logger: Logger
  execution: Execution
  /** What it has read so far, for rules about what it may read together. */
  seen: SeenByExecution
  /** Remembers a secret value, so that it is masked in whatever the execution leaves behind. */
  mask(value: string): void
  /** True if data holds a secret that the execution has read, in whatever form: as a whole value, or in eight characters or more. */
  holdsSecret(value: unknown): boolean
  /** False if data that `JSON.stringify` wrote as this text holds none, also no short one. True says that it may; then `withoutSecrets` knows. */
  mayHoldSecret(json: string): boolean
  /** A copy of data in which those are masked. */
  withoutSecrets<T>(value: T): T
  /** Aborted when the execution is stopped or over. */
  signal: AbortSignal
  /** How long it may still take. */
  restMs(): number
  /** Shows how far the execution is. */
  progress(done: number, total?: number, message?: string): void
}

/** What workflows ask of people: an execution that is tried again asks for it again where it was not given. */
export const approveName = 'approve'

/** What a request knows that may wait without a place. */
export type WaitingAsk = {
  /** Of the step that it is: the same when the code asks again, after a crash or a wait. */
  key: string
  /**
   * The code waits here, until the returned function is called. Where it has nothing else to do, its execution is let go: the request is not
   * heard of again, and is asked again by replay once its slice wakes the execution. So what it waits for is kept by its key, before this.
   */
  waiting(wait: Wait): () => void
  /** Waits; for ever, once the execution is let go, stopped or over. */
  delay(ms: number): Promise<void>
}

/** One thing that author code may ask of the platform, through the channel that is bound to its execution. */
export type HostRequest = {
  name: string
  /** The kinds of execution that may ask it; all, where not given. */
  kinds?: readonly ExecutionKind[]
  /** True for what changes our data: recorded as a step, so that a resumed execution does not do it again. */
  isRecorded: boolean
  /** True for what may wait long for its turn elsewhere: it does not hold the others back meanwhile. */
  waits?: boolean
  /** Recorded, may wait without a place, and is refused within a step, which cannot: see `WaitingAsk`. Instead of `handle`. */
  handleWaiting?(context: RequestContext, args: unknown, ask: WaitingAsk): Promise<unknown>
  handle(context: RequestContext, args: unknown): Promise<unknown>
}

/** Declares a request; its arguments are parsed before the handler sees them. Errors with a `code` reach the author by that code. */
export function defineRequest<Args extends z.ZodType>(
  request: Omit<HostRequest, 'handle'> & { args: Args; handle(context: RequestContext, args: z.output<Args>): Promise<unknown> },
): HostRequest {
  return { ...request, handle: async (context, args) => request.handle(context, request.args.parse(args)) }
}

/** Declares a request that may wait without a place. */
export function defineWaitingRequest<Args extends z.ZodType>(request: {
  name: string
  kinds: readonly ExecutionKind[]
  args: Args
  handle(context: RequestContext, args: z.output<Args>, ask: WaitingAsk): Promise<unknown>
}): HostRequest {
  const { name, kinds, args: schema } = request
  return {
    name,
    kinds,
    isRecorded: true,
    waits: true,
    handle: () => Promise.reject(new TypeError(`${name} is asked within a step.`)),
    handleWaiting: async (context, args, ask) => request.handle(context, schema.parse(args), ask),
  }
}

/** How an execution ended. */
export type Outcome = Pick<Execution, 'result' | 'error'> & { status: 'success' | 'failed' | 'timeout' | 'cancelled' }

/** What a slice does when an execution of its kind ends, in the transaction that ends it. Called once, for every way of ending. */
export type EndHandler = {
  kind: ExecutionKind
  /** Not called for an execution that never began, or that surely made no request that may wait. */
  isOfWaits?: true
  onEnd(transaction: Transaction, execution: Execution, outcome: Outcome): Promise<void>
}
