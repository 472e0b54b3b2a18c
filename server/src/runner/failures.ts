import { type ErrorData, toErrorData } from '@crosswalk/sdk'
import { integrationOf } from './integration-failures.ts'

/** At most so many frames, details of so many characters: an error is read by people. */
const maxFrames = 20
const maxDetailCharacters = 32_768

/** Frames of the runner, the SDK and Node say nothing to an author; what is left points into the workspace. */
function authorStack(stack: string | null, workspace: string): string | null {
  const own = (stack ?? '')
    .split('\n')
    // What does not parse has no frame of its own: Node puts the place before the message.
    .map((line, index) => (index === 0 && /^(file:\/\/)?\/.*:\d+$/.test(line) ? `    at ${line}` : line))
    .filter((line) => /^\s+at /.test(line) && line.includes(workspace) && !line.includes('/node_modules/'))
  if (own.length === 0) return null
  return own
    .slice(0, maxFrames)
    .map((line) => line.trim().replaceAll('file://', '').replaceAll(`${workspace}/`, ''))
    .join('\n')
}

/** An error that wraps another may say only that something failed; why is in its cause, and that is what a person needs. */
function withReason(error: ErrorData): string {
  const { message = '', code = null } = error.cause ?? {}
  const reason = message || code
  const systemCode = code !== null && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined
  const isSaid = [reason, systemCode].some((text) => text && error.message.includes(text))
  return reason && !isSaid ? `${error.message.replace(/[.:]$/, '')}: ${reason}` : error.message
}

const denied: Record<string, (resource: string) => string> = {
  FileSystemRead: (path) => `read ${path}, only the workspace and its packages. Put what it needs there, or into config or secrets.`,
  FileSystemWrite: (path) => `write ${path} or any file. Return what it has, or send it where it belongs.`,
  ChildProcess: () => 'start processes. Call what is needed over HTTP.',
  WorkerThreads: () => 'start threads. Work in steps.',
}

/** Node names neither what was refused nor what to do instead. */
function deniedMessage(thrown: object): string | undefined {
  const { code, permission, resource } = thrown as { code?: unknown; permission?: unknown; resource?: unknown } // as Node throws it
  const told = code === 'ERR_ACCESS_DENIED' ? denied[String(permission)] : undefined
  return told && `Author code may not ${told(typeof resource === 'string' ? resource : 'that')}`
}

/** What is no error has no code, no stack and often no sentence. */
function notAnError(thrown: unknown): ErrorData {
  const error = toErrorData(thrown === undefined ? 'undefined' : thrown)
  const message =
    typeof thrown === 'string' ? thrown : `The code threw ${error.message}, which is no error. Throw new Error('…') with a sentence.`
  return { ...error, message, code: 'not_an_error' }
}

/** An error that only wraps another has no code of its own: it is known by the code and the facts of that one. */
function tellingOf(error: ErrorData): Pick<ErrorData, 'code' | 'details'> {
  return error.code === null && error.cause !== null && error.cause.code !== null
    ? { code: error.cause.code, details: { ...error.cause.details, ...error.details } }
    : error
}

/**
 * Whatever author code threw, as plain data for people: an error of any class, a string, nothing at all.
 *
 * What came out of an integration has its name in `details.integration_name`.
 *
 * @param workspace absolute path; stacks are shown relative to it
 */
export function describeFailure(thrown: unknown, workspace: string): ErrorData {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string'
  const error = isError ? toErrorData(thrown) : notAnError(thrown)
  const { code, details } = tellingOf(error)
  const integrationName = integrationOf(thrown)
  return {
    ...error,
    message: (isError && deniedMessage(thrown)) || withReason(error),
    code,
    details: {
      ...(integrationName === undefined ? {} : { integration_name: integrationName }),
      ...(JSON.stringify(details).length > maxDetailCharacters ? {} : details),
    },
    stack: authorStack(error.stack, workspace),
    cause: error.cause === null ? null : { ...error.cause, stack: null },
  }
}
