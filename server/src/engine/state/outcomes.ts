import { sentenceOf, toPlainJson } from '@crosswalk/sdk/plain-json'
import { shortened } from '@crosswalk/sdk/readable-data'
import type { ChannelOutcome } from '../../protocol/channel.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { storableJson } from '../../protocol/storable.ts'
import type { Execution, ExecutionError } from './execution.ts'
import type { Outcome } from './requests.ts'

/** Which limit of time ended an execution: how long workers worked on it, or how long all of it took. */
export type TimeLimit = 'timeout' | 'deadline'

/** A result that is larger is refused: it is kept, sent and shown whole. In bytes of JSON. */
const maxResultBytes = 4 * 1024 * 1024
/** Of an error as it is kept. In characters; its details were held to their size where they came in. */
const maxTypeChars = 200
const maxMessageChars = 8_192

export const platformFailure: ExecutionError = {
  type: 'PlatformError',
  message: 'The platform could not continue with this execution. The log of the worker has the cause under the id of the execution.',
  details: { code: 'internal_error' },
}

/** What the code returned or threw, fit to be stored. */
export function outcomeOf(outcome: ChannelOutcome): Outcome {
  if (!outcome.ok) {
    const { type, message, code, details, stack } = outcome.error
    return failed({ type, message, details: { ...details, ...(code === null ? {} : { code }), ...(stack === null ? {} : { stack }) } })
  }
  const made = toPlainJson(outcome.value)
  if ('problem' in made) {
    const message = sentenceOf('The result', made.problem)
    return failed({ type: 'TypeError', message, details: { code: 'result_not_serializable' } })
  }
  const text = JSON.stringify(made.json)
  if (Buffer.byteLength(text) > maxResultBytes) {
    return failed({
      type: 'ResultTooLarge',
      message: `The result is larger than ${maxResultBytes / 1024 / 1024} MiB of JSON. Return a summary, and log or store the rest.`,
      details: { code: 'result_too_large' },
    })
  }
  return { status: 'success', result: JSON.parse(storableJson(text)) as JsonValue, error: null }
}

/** The end of an execution that was told to stop, whatever its code did then. */
export function stoppedOutcome(
  reason: TimeLimit | 'cancelled',
  { timeoutMs, deadlineMs }: Pick<Execution, 'timeoutMs' | 'deadlineMs'>,
): Outcome {
  switch (reason) {
    case 'timeout':
      return timedOut(`The execution ran for longer than its limit of ${timeoutMs / 1_000} seconds (timeoutMs) and was ended.`, {
        code: 'timeout',
        timeout_ms: timeoutMs,
      })
    case 'deadline':
      return timedOut(
        `The execution, with all that it waited for, took longer than its limit of ${(deadlineMs ?? 0) / 1_000} seconds (deadlineMs) and was ended.`,
        { code: 'deadline_passed', deadline_ms: deadlineMs },
      )
    case 'cancelled':
      return {
        status: 'cancelled',
        result: null,
        error: { type: 'Cancelled', message: 'The execution was cancelled.', details: { code: 'cancelled' } },
      }
  }
}

function timedOut(message: string, details: JsonObject): Outcome {
  return { status: 'timeout', result: null, error: { type: 'TimeoutError', message, details } }
}

export function failed(error: ExecutionError): Outcome {
  return { status: 'failed', result: null, error }
}

/**
 * An error as it will be read back, of a bounded size. After secrets were masked in it: one that is cut in two would not be known again.
 */
export function storableError({ type, message, details }: ExecutionError): ExecutionError {
  const short = { type: shortened(type, maxTypeChars), message: shortened(message, maxMessageChars), details }
  return JSON.parse(storableJson(JSON.stringify(short))) as ExecutionError // it was JSON
}
