import { type RetryOptions, retryDelayMs, retryPolicy } from '@crosswalk/sdk'
import { retryLine } from '@crosswalk/sdk/retry'
import { isDoneInPart } from '@crosswalk/sdk/step-scope'
import { asThrown } from '../steps/step-errors.ts'
import type { OpenStep } from '../steps/step-ledger.ts'
import type { Performed, RunnerSessionGiven } from './runner-session-given.ts'

type Given = Pick<RunnerSessionGiven, 'journal' | 'idempotencyKeyOf' | 'perform' | 'delay' | 'isStopping'>

/** Does one attempt of a step, and shows how it began and ended. */
export async function shownAttempt(
  { journal, idempotencyKeyOf }: Pick<Given, 'journal' | 'idempotencyKeyOf'>,
  openStep: OpenStep,
  work: () => Promise<Performed>,
  args?: unknown,
): Promise<Performed> {
  const step = journal.step(openStep, idempotencyKeyOf(openStep), args)
  const performed = await work()
  step.end(performed.outcome)
  return performed
}

/** Does a step until it succeeds, or its attempts are used up. */
export async function allAttempts(
  given: Given,
  openStep: OpenStep,
  { retry, args }: { retry?: RetryOptions | undefined; args?: unknown },
): Promise<Performed> {
  const policy = retryPolicy(retry)
  for (let attempt = 1; ; attempt++) {
    const performed = await shownAttempt(given, openStep, () => given.perform(openStep, attempt), args)
    if (performed.outcome.ok) return performed
    const { error } = performed.outcome
    const delayMs = isDoneInPart(policy, performed) ? undefined : retryDelayMs(asThrown(error), attempt, policy, Math.random)
    if (delayMs === undefined || given.isStopping()) return performed
    const line = retryLine(openStep.name, attempt, policy.maxAttempts, delayMs, error.message)
    given.journal.platformLine('warn', line, { attempt, max_attempts: policy.maxAttempts, delay_ms: delayMs })
    await given.delay(delayMs)
  }
}
