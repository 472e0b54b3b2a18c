import { writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { exitCodes } from './failure.ts'

const reasons: Record<string, string> = {
  ENOSPC: 'The disk that the output goes to is full. Free space on it, then run the command again.',
  EDQUOT: 'Your quota on the disk that the output goes to is used up. Free space on it, then run the command again.',
  EFBIG: 'The file that the output goes to is as large as it may be. Choose another file, then run the command again.',
  EIO: 'The disk or terminal that the output goes to failed. Send the output elsewhere, then run the command again.',
}

/** What to say of an output that takes nothing any more. */
function sentenceOf({ code, message }: NodeJS.ErrnoException): string {
  return reasons[code ?? ''] ?? `The output cannot be written (${code ?? message}). Send it elsewhere, then run the command again.`
}

/**
 * Ends the process where its output cannot be written: quietly where its reader has had enough (`head`, a pager), with the exit code of a
 * program that such a reader ends; otherwise with a sentence, and as failed. What the command asked the server for has been asked for.
 */
export function endWithOutput(outputs: readonly Writable[]): void {
  for (const output of outputs) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.closedPipe)
      try {
        writeSync(2, `crosswalk: ${sentenceOf(error)} (output_failed)\n`)
      } catch {
        // Standard error is what fails: the exit code is all that is left.
      }
      process.exit(exitCodes.failed)
    })
  }
}
