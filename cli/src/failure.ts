import { ApiError, fieldErrorsOf } from '@crosswalk/client'
import { CommanderError } from 'commander'
import { painterFor, printable, printableLines, type Terminal } from './output/terminal.ts'

export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130, closedPipe: 141 } as const

/** What the command itself found wrong, as a sentence that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  readonly exitCode: number
  constructor(code: string, message: string, exitCode: number = exitCodes.failed, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.exitCode = exitCode
  }
}

/** For arguments that do not make sense. */
export function usageError(message: string): CommandError {
  return new CommandError('usage', message, exitCodes.usage)
}

/** The command did what it was asked to, and has said itself that the outcome is a failure. */
export class FailedOutcome extends Error {}

/** The reason of the signal that Ctrl+C aborts. */
export class Interrupted extends Error {}

const advice: Record<string, string> = {
  server_unreachable: 'Start it with: crosswalk start. If it is elsewhere, set CROSSWALK_URL.',
  unauthenticated: 'The API key was not accepted: set CROSSWALK_API_KEY to a valid one, or unset it to use the one in the data directory.',
}

function sentencesOf(error: ApiError): string {
  const hint = advice[error.code]
  if (error.code === 'unauthenticated' && hint) return hint
  return hint ? `${error.message} ${hint}` : error.message
}

function describeApiError(error: ApiError): string {
  const fields = Object.entries(fieldErrorsOf(error)).map(
    ([field, messages]) => `\n  ${printable(field)}: ${printable(messages.join('; '))}`,
  )
  const request = error.status >= 500 && error.requestId !== null ? `, request ${error.requestId}` : ''
  return `${printableLines(sentencesOf(error))} (${error.code}${request})${fields.join('')}${detailsOf(error).join('')}`
}

/** What to do about it, where the server knows; and what its sentence leads to. */
function detailsOf({ message, details }: ApiError): string[] {
  const { guidance, ...facts } = details as Record<string, unknown>
  const shown = /\bdetails\b/.test(message) ? Object.entries(facts).filter(([, value]) => ['string', 'number'].includes(typeof value)) : []
  const lines = shown.map(([name, value]) => `\n  ${printable(name)}: ${printable(String(value))}`)
  // Where the sentence ends with it already, once is enough.
  return typeof guidance === 'string' && !message.includes(guidance) ? [`\n  ${printable(guidance)}`, ...lines] : lines
}

/** True of errors of the server's own kind for people: a code and a sentence. */
function isTold(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    (error.name === 'CommandError' || error.name === 'StartError' || error.name === 'DomainError') &&
    'code' in error &&
    typeof error.code === 'string'
  )
}

/** Tells the person what went wrong, on standard error, and says how the process is to end. */
export function reportFailure(terminal: Terminal, error: unknown): number {
  if (error instanceof FailedOutcome) return exitCodes.failed
  if (error instanceof Interrupted || (terminal.signal.aborted && error === terminal.signal.reason)) return exitCodes.interrupted
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const paint = painterFor(terminal.stderr, terminal.env)
  const say = (text: string) => terminal.stderr.write(`${paint('bad', 'crosswalk:')} ${text}\n`)
  if (error instanceof ApiError) say(describeApiError(error))
  else if (isTold(error))
    say(
      error instanceof CommandError && error.code === 'usage'
        ? printableLines(error.message)
        : `${printableLines(error.message)} (${error.code})`,
    )
  else say(`This should not have happened: ${printableLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}`)
  return error instanceof CommandError ? error.exitCode : exitCodes.failed
}
