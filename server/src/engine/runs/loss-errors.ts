import type { RunnerLoss } from '../runners/session-listener.ts'
import type { ExecutionError } from '../state/execution.ts'

/** What is said of an execution whose runner was lost. */
export const lossErrors: Record<Exclude<RunnerLoss, 'retired'>, ExecutionError> = {
  stalled: {
    type: 'Stalled',
    message:
      'The code stopped answering, as in an endless loop, and was ended. Await something in long loops, and look for one that does not end.',
    details: { code: 'stalled' },
  },
  out_of_memory: {
    type: 'OutOfMemory',
    message: 'The code used more memory than a runner has, and was ended. Work page by page instead of collecting everything.',
    details: { code: 'out_of_memory' },
  },
  protocol_violation: {
    type: 'ProtocolViolation',
    message:
      'The process that ran this code sent the worker what no runner sends, and was ended. Code that writes to descriptors or changes Node itself does that; the log of the worker says what it was.',
    details: { code: 'protocol_violation' },
  },
  crashed: {
    type: 'RunnerCrashed',
    message: 'The process that ran this code ended twice for a reason of its own. The log of the worker has its last words.',
    details: { code: 'runner_crashed' },
  },
}
