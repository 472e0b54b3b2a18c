import type { SessionMessage } from '../../protocol/channel.ts'
import { ProtocolViolation } from '../../protocol/frames.ts'

type Counted = SessionMessage['type']

const MiB = 1_024 * 1_024

/** What one execution may say while it stays in one runner. Far more than any work needs; without an end a loop would fill the database. */
export const quotas = {
  lines: 500_000,
  lineMiB: 512,
  steps: 200_000,
  stepMiB: 512,
  requests: 2_000_000,
  openRequests: 20_000,
  progress: 5_000_000,
  calls: 2_000_000,
} as const

/** An execution said more than it may. `what` is a sentence's object. */
export class QuotaExceeded extends Error {
  readonly quota: keyof typeof quotas
  constructor(quota: keyof typeof quotas) {
    super(sentences[quota])
    this.quota = quota
  }
}

const sentences: Record<keyof typeof quotas, string> = {
  lines: `The code logged more than ${inWords(quotas.lines)} lines. Log what a person wants to read, and in a loop a line for many items.`,
  lineMiB: `The code logged more than ${quotas.lineMiB} MiB. Log what a person wants to read, and send the rest where it belongs.`,
  steps: `The code asked for more than ${inWords(quotas.steps)} steps. Do more in each step, for instance a page of items.`,
  stepMiB: `The steps returned more than ${quotas.stepMiB} MiB in all, which an execution keeps to continue after a crash. Return what the code needs next, and store the rest where it belongs.`,
  requests: `The code asked the platform more than ${inWords(quotas.requests)} times. Keep what was answered, and look for a loop that does not end.`,
  openRequests: `The code had more than ${inWords(quotas.openRequests)} steps and requests under way at once. Await some before more are begun.`,
  progress: `The code told its progress more than ${inWords(quotas.progress)} times. Tell it now and then.`,
  calls: `The steps made more than ${inWords(quotas.calls)} calls. Look for a loop that does not end.`,
}

function inWords(count: number): string {
  return count.toLocaleString('en-US')
}

/** Counts what one execution says. */
export class SessionQuota {
  readonly #counts = { lines: 0, steps: 0, requests: 0, progress: 0, calls: 0 }
  #lineChars = 0
  #stepChars = 0
  #lastNumber = -1

  /**
   * @param chars of the message as it came
   * @param open how many of its requests are not answered yet
   * @throws QuotaExceeded, or ProtocolViolation for a request that was made before
   */
  count(message: SessionMessage, chars: number, open: number): void {
    const quota = quotaOf[message.type]
    if (quota !== undefined && ++this.#counts[quota] > quotas[quota]) throw new QuotaExceeded(quota)
    if (message.type === 'log') {
      this.#lineChars += chars
      if (this.#lineChars > quotas.lineMiB * MiB) throw new QuotaExceeded('lineMiB')
    }
    if (message.type === 'performed') {
      this.#stepChars += chars
      if (this.#stepChars > quotas.stepMiB * MiB) throw new QuotaExceeded('stepMiB')
    }
    if (message.type === 'ask' || message.type === 'step') {
      if (message.number <= this.#lastNumber) throw new ProtocolViolation('A request has the number of an earlier one.')
      this.#lastNumber = message.number
      if (open > quotas.openRequests) throw new QuotaExceeded('openRequests')
    }
  }
}

const quotaOf: Partial<Record<Counted, 'lines' | 'steps' | 'requests' | 'progress' | 'calls'>> = {
  log: 'lines',
  step: 'steps',
  ask: 'requests',
  progress: 'progress',
  call: 'calls',
}
