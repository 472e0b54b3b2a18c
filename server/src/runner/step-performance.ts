import { type RetryOptions, retryPolicy, type StepInfo } from '@crosswalk/sdk'
import { tellWaitLimit } from '@crosswalk/sdk/retry'
import { isRecorded, stepResultTooLarge } from '@crosswalk/sdk/step-result'
import type { StepCall, StepScopes } from '@crosswalk/sdk/step-scope'
import type { ChannelOutcome, SessionMessage } from '../protocol/channel.ts'
import { describeFailure } from './failures.ts'

/** A step that the code asked for: what is to be done when the host says so. */
export type Step = {
  retry: RetryOptions | undefined
  perform(run: StepInfo): unknown
  /** Runs something where the step was asked for, and not where the message came in that says to do it. */
  inContext<Result>(run: () => Result): Result
}

/** What the closure of a step came to here. It is the code's own value or error, which the host may not get. */
export type LastPerformed = { lastValue?: unknown; lastFailure?: { thrown: unknown } }

/** What a performance needs of the session it is in. */
export type StepSurroundings = {
  scopes: StepScopes
  signal: AbortSignal
  workspace: string
  /** Does nothing once the execution has ended. */
  tell(message: SessionMessage): void
  wait(ms: number): Promise<void>
  warn(line: string): void
}

/** Runs the closure of a step once, tells the host what it comes to, and keeps in `last` what that is here. */
export async function performStep(
  session: StepSurroundings,
  { number, attempt, idempotencyKey }: { number: number; attempt: number; idempotencyKey: string },
  { name, step, last }: { name: string; step: Step; last: LastPerformed },
): Promise<void> {
  const { signal, workspace } = session
  delete last.lastFailure
  let hasCalls = false
  const answer = (outcome: ChannelOutcome, isPlain: boolean): void =>
    session.tell({ type: 'performed', number, attempt, outcome, isPlain, hasCalls })
  const policy = retryPolicy(step.retry)
  const scope = {
    idempotencyKey,
    retries: policy.retries,
    signal,
    onCall: (call: StepCall) => session.tell({ type: 'call', number, attempt, ...calledOf(call, workspace) }),
    wait: session.wait,
    warn: session.warn,
    random: Math.random,
  }
  try {
    const value = await step.inContext(() =>
      session.scopes.attempt(
        scope,
        () => step.perform({ attempt, idempotencyKey, signal }),
        (facts) => {
          hasCalls = facts.hasCalls
        },
      ),
    )
    if (isRecorded(name, value)) {
      try {
        answer({ ok: true, value }, true)
      } catch {
        throw stepResultTooLarge(name)
      }
    } else {
      last.lastValue = value
      answer({ ok: true, value: undefined }, false)
    }
  } catch (thrown) {
    if (!hasCalls) tellWaitLimit(thrown, policy.maxRetryAfterMs, 'a step waits')
    // The author's own error object is given back where the step was performed here, with its class and stack.
    last.lastFailure = { thrown }
    answer({ ok: false, error: describeFailure(thrown, workspace) }, true)
  }
}

function calledOf({ index, name, startedAtMs, end }: StepCall, workspace: string) {
  const error = end?.failure ? describeFailure(end.failure.thrown, workspace) : null
  return { index, name, startedAtMs, end: end ? { durationMs: end.durationMs, error } : null }
}

/** Every value decided, and no others: an author may have written more. */
export function sentRetry(retry: RetryOptions | undefined): { retry?: RetryOptions } {
  if (retry === undefined) return {}
  const policy = retryPolicy(retry)
  return { retry: { ...policy, jitter: Boolean(policy.jitter) } }
}
