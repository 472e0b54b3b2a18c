import { type ErrorData, type JsonObject, toErrorData } from '@crosswalk/sdk'
import { tellsNoReason } from '@crosswalk/sdk/fetch-failures'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import { integrationOf } from './integration-failures.ts'

/** At most so many frames of so many characters: an error is read by people. */
const maxFrames = 20
const maxFrameChars = 500

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
    .map((line) => line.trim().replaceAll('file://', '').replaceAll(`${workspace}/`, '').slice(0, maxFrameChars))
    .join('\n')
}

/** How many of the errors that one holds are told in its sentence. */
const maxToldErrors = 3
/** A reason is one of several parts of a sentence. */
const maxReasonChars = 2_000

/**
 * An error that wraps others may say only that something failed; why is in its causes and in what an `AggregateError` holds, and that is
 * what a person needs. Each reason stands where those before do not say it.
 */
function withReasons(error: ErrorData): string {
  let sentence = error.message
  const add = (reason: string | undefined) => {
    if (reason) sentence = sentence === '' ? reason : `${sentence.replace(/[.:]$/, '')}: ${reason}`
  }
  add(errorsOf(error, sentence))
  for (let { cause } = error; cause !== null; { cause } = cause) {
    const { message, code } = cause
    const systemCode = code !== null && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined
    const isSaid = [message || code, systemCode].some((text) => text && sentence.includes(text.replace(/[.:]$/, '')))
    if (!isSaid && !(sentence !== '' && tellsNoReason(message))) add(shortened(message || code || '', maxReasonChars))
    add(errorsOf(cause, sentence))
  }
  return sentence
}

function errorsOf({ errors = [] }: ErrorData, sentence: string): string | undefined {
  const reasons = errors.map((inner) => shortened(withReasons(inner) || inner.code || inner.type, maxReasonChars))
  const told = [...new Set(reasons)].filter((reason) => !sentence.includes(reason))
  if (told.length <= maxToldErrors) return told.join('; ') || undefined
  return `${told.slice(0, maxToldErrors).join('; ')}; and ${told.length - maxToldErrors} more`
}

/** Causes and held errors for programs, beside the facts of the error itself. */
function reasonsOf(error: ErrorData): JsonObject {
  const plain = ({ type, message, code }: ErrorData): JsonObject => ({
    type,
    message: shortened(message, maxReasonChars),
    ...(code === null ? {} : { code }),
  })
  const causes: JsonObject[] = []
  for (let { cause } = error; cause !== null; { cause } = cause) causes.push(plain(cause))
  const errors = (error.errors ?? []).map(plain)
  return { ...(causes.length === 0 ? {} : { causes }), ...(errors.length === 0 ? {} : { errors }) }
}

const denied: Record<string, (resource: string) => string> = {
  FileSystemRead: (path) => `read ${path}, only the workspace and its packages. Put what it needs there, or into config or secrets.`,
  FileSystemWrite: (path) => `write ${path} or any file. Return what it has, or send it where it belongs.`,
  ChildProcess: () => 'start processes. Call what is needed over HTTP.',
  Net: () => 'listen, or send datagrams. Connect with fetch, node:http, node:net or node:tls.',
  WorkerThreads: () => 'start threads. Work in steps.',
}

/** Node names neither what was refused nor what to do instead. */
function deniedMessage(thrown: object): string | undefined {
  const { code, permission, resource } = readableData(thrown) as { code?: unknown; permission?: unknown; resource?: unknown } // as Node throws it
  const told = code === 'ERR_ACCESS_DENIED' ? denied[String(permission)] : undefined
  return told && `Author code may not ${told(typeof resource === 'string' ? resource : 'that')}`
}

/** What is no error has no code, no stack and often no sentence. */
function notAnError(thrown: unknown): ErrorData {
  const error = toErrorData(thrown === undefined ? 'undefined' : thrown)
  const message =
    typeof thrown === 'string' ? error.message : `The code threw ${error.message}, which is no error. Throw new Error('…') with a sentence.`
  return { ...error, message, code: 'not_an_error' }
}

/** An error that only wraps another has no code of its own: it is known by the code and the facts of that one. */
function tellingOf(error: ErrorData): Pick<ErrorData, 'code' | 'details'> {
  return error.code === null && error.cause !== null && error.cause.code !== null
    ? { code: error.cause.code, details: { ...error.cause.details, ...error.details } }
    : error
}

function withoutStacks({ errors, ...error }: ErrorData): ErrorData {
  const inner = errors === undefined ? {} : { errors: errors.map(withoutStacks) }
  return { ...error, ...inner, stack: null, cause: error.cause === null ? null : withoutStacks(error.cause) }
}

/** Even to look may fail: what is thrown may be anything. */
function isErrorLike(thrown: unknown): thrown is object {
  try {
    return typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string'
  } catch {
    return false
  }
}

/**
 * Whatever author code threw, as plain data for people: an error of any class, a string, nothing at all.
 *
 * What came out of an integration has its name in `details.integration_name`.
 *
 * @param workspace absolute path; stacks are shown relative to it
 */
export function describeFailure(thrown: unknown, workspace: string): ErrorData {
  const isError = isErrorLike(thrown)
  const error = isError ? toErrorData(thrown) : notAnError(thrown)
  const { code, details } = tellingOf(error)
  const integrationName = integrationOf(thrown)
  return {
    ...error,
    message: (isError && deniedMessage(thrown)) || withReasons(error),
    code,
    details: {
      ...(integrationName === undefined ? {} : { integration_name: integrationName }),
      ...reasonsOf(error),
      ...details,
    },
    stack: authorStack(error.stack, workspace),
    cause: error.cause === null ? null : withoutStacks(error.cause),
    ...(error.errors === undefined ? {} : { errors: error.errors.map(withoutStacks) }),
  }
}
