import type { ChannelOutcome } from '../../protocol/channel.ts'
import { codeChanged } from '../steps/step-errors.ts'
import type { StepLedger } from '../steps/step-ledger.ts'
import type { StepRecord } from '../steps/step-record.ts'

/** Recorded for the host alone: when a sleep ends. */
export const sleepName = 'sleep until'
export const isInternal = (record: StepRecord) => record.name === sleepName

/** How long changed code may be silent before what is recorded is taken not to fit it. */
const unfittingMs = 5_000

/** Notices that code which was changed since its steps were recorded does not ask for one of them any more. */
export class ChangedCode {
  readonly #ledger: StepLedger
  readonly #onUnfitting: (failure: ChannelOutcome) => void
  /** The code is not the one that asked for what is recorded: it does nothing new before it has asked for all of that. */
  #isChanged = false
  /** New steps that wait for the recorded ones to be answered. */
  #heldBack = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ledger: StepLedger, onUnfitting: (failure: ChannelOutcome) => void) {
    this.#ledger = ledger
    this.#onUnfitting = onUnfitting
  }

  /** @param recordedBy the code that asked for what is recorded; null where that is not known */
  begin(recordedBy: string | null, version: string): void {
    this.#isChanged = recordedBy !== null && recordedBy !== version && !this.#ledger.isReplayed
    this.heard()
  }

  get isChanged(): boolean {
    return this.#isChanged
  }

  /** A new step waits for this before it is done. Undefined where nothing holds it back. */
  holdBack(): Promise<void> | undefined {
    if (!this.#isChanged || this.#ledger.isReplayed) return undefined
    this.#heldBack++
    return this.#ledger.replayed
  }

  /** Code that waits for its first new step, or for an answer that is not its turn, will not ask for the recorded one any more. */
  heard(): void {
    this.close()
    if (!this.#isChanged || this.#ledger.isReplayed) return
    this.#timer = setTimeout(() => {
      const failure = this.#heldBack > 0 || this.#ledger.isBlocked ? this.failure() : undefined
      if (failure) this.#onUnfitting(failure)
      else this.heard()
    }, unfittingMs)
  }

  /** The failure of code that was changed and does not ask for a recorded step any more. */
  failure(): ChannelOutcome | undefined {
    const record = this.#isChanged ? this.#ledger.firstUnasked(isInternal) : undefined
    return record && { ok: false, error: codeChanged(record.name) }
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
