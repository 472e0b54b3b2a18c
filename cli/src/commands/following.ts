import type { CallOptions, ExecutedWorkflow, LogLine } from '@crosswalk/client'
import { CommandError, Interrupted } from '../failure.ts'
import { duration, inLine } from '../output/format.ts'
import { note } from '../output/print.ts'
import { type Progress, progressText, showProgress } from '../output/progress.ts'
import { type Output, type Paint, painterFor, printable, printableLines, type Terminal, type Tone } from '../output/terminal.ts'
import { followExecution } from './execution-events.ts'

const levelTones: Record<LogLine['level'], Tone> = { debug: 'quiet', info: 'good', warn: 'doubtful', error: 'bad' }

/** A line of a log for people. */
export function logText({ timestamp, level, message, data }: LogLine, paint: Paint): string {
  const rest = data === null || data === undefined ? '' : ` ${paint('quiet', printable(inLine(data)))}`
  return `${paint('quiet', timestamp.slice(11, 23))} ${paint(levelTones[level], level.padEnd(5))} ${printableLines(message).replaceAll('\n', '\n                   ')}${rest}`
}

/** Prints the log of an execution while it runs, on the given output, and returns the execution as it ended. */
export async function followLog(
  terminal: Terminal,
  call: CallOptions,
  executionId: string,
  output: Output,
  lastSeen?: number,
): Promise<ExecutedWorkflow> {
  const paint = painterFor(output, terminal.env)
  let moving: Progress | undefined
  const halt = () => {
    moving?.stop()
    moving = undefined
  }
  try {
    for await (const event of followExecution(call, executionId, lastSeen)) {
      if (event.type === 'progress') {
        moving ??= showProgress(terminal, '')
        moving.say(progressText(event.progress))
        continue
      }
      halt()
      if (event.type === 'ended') return event.execution
      output.write(`${logText(event.line, paint)}\n`)
    }
  } catch (error) {
    halt()
    if (terminal.signal.reason instanceof Interrupted)
      note(
        terminal,
        `The execution continues. To see it: crosswalk logs ${executionId} --follow. To stop it: crosswalk executions cancel ${executionId}`,
      )
    throw error
  }
  throw new CommandError(
    'execution_lost',
    `The log of ${executionId} ended before the execution did. See: crosswalk executions show ${executionId}`,
  )
}

/** Waits for the end without showing anything. */
export async function awaitEnd(call: CallOptions, executionId: string): Promise<ExecutedWorkflow> {
  for await (const event of followExecution(call, executionId)) if (event.type === 'ended') return event.execution
  throw new CommandError(
    'execution_lost',
    `The log of ${executionId} ended before the execution did. See: crosswalk executions show ${executionId}`,
  )
}

/** The outcome of an execution that has ended: the result for the pipe, the rest beside it. */
export function showOutcome(
  terminal: Terminal,
  {
    status,
    error,
    result,
    duration_ms,
    execution_id,
  }: Pick<ExecutedWorkflow, 'status' | 'error' | 'result' | 'duration_ms' | 'execution_id'>,
): void {
  const paint = painterFor(terminal.stderr, terminal.env)
  const reason = error ? `: ${printableLines(error.message)} (${printable(error.type)})` : ''
  terminal.stderr.write(
    `${paint(status === 'success' ? 'good' : 'bad', status)} after ${duration(duration_ms)}${reason} ${paint('quiet', execution_id)}\n`,
  )
  if (status === 'success') terminal.stdout.write(`${JSON.stringify(result ?? null, null, 2)}\n`)
}
