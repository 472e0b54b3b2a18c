import { type ErrorData, toErrorData } from '@crosswalk/sdk'

/** At most so many frames, details of so many characters: an error is read by people. */
const maxFrames = 20
const maxDetailCharacters = 32_768

/** Frames of the runner, the SDK and Node say nothing to an author; what is left points into the workspace. */
function authorStack(stack: string | null, workspace: string): string | null {
  const own = (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && line.includes(workspace) && !line.includes('/node_modules/'))
  if (own.length === 0) return null
  return own
    .slice(0, maxFrames)
    .map((line) => line.trim().replaceAll('file://', '').replaceAll(`${workspace}/`, ''))
    .join('\n')
}

/** `fetch` says only "fetch failed"; why is in its cause, and that is what a person needs. */
function withReason(error: ErrorData): string {
  const reason = error.cause?.message || error.cause?.code
  return reason && !error.message.includes(reason) ? `${error.message}: ${reason}` : error.message
}

/**
 * Whatever author code threw, as plain data for people: an error of any class, a string, nothing at all.
 *
 * @param workspace absolute path; stacks are shown relative to it
 */
export function describeFailure(thrown: unknown, workspace: string): ErrorData {
  const error = toErrorData(thrown === undefined ? 'undefined was thrown' : thrown)
  return {
    ...error,
    message: withReason(error),
    code: error.code ?? error.cause?.code ?? null,
    details: JSON.stringify(error.details).length > maxDetailCharacters ? {} : error.details,
    stack: authorStack(error.stack, workspace),
    cause: error.cause === null ? null : { ...error.cause, stack: null },
  }
}
