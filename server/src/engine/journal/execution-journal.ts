import { storable, storableJson } from '../../platform/database/storable.ts'
import type { ChannelOutcome } from '../../protocol/channel.ts'
import type { Claim } from '../host.queries.ts'
import { storableError } from '../runs/outcomes.ts'
import type { Flight } from '../steps/step-ledger.ts'
import type { Journal } from './journal.ts'
import type { Mask } from './masking.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** A line is cut where it is longer; whoever logs whole answers of a vendor wants a file. In characters. */
const longestMessage = 32_768
const longestData = 65_536

/** The end of a journal. `hasOpenSteps` where the code returned without a step, or its runner was lost and nobody asked for it again. */
export type JournalRest = { write: Awaited<ReturnType<Journal['take']>>; hasOpenSteps: boolean }

/** What one execution leaves to be read: its lines in order, its steps; without secrets. */
export class ExecutionJournal {
  readonly #journal: Journal
  readonly #claim: Claim
  readonly #mask: Mask
  #sequence: number
  /** Lines of the author that are written, by whichever run; and how many of them the code has logged again in this one. */
  #written: number
  #repeated = 0
  #position: number
  #openSteps = 0

  constructor(journal: Journal, claim: Claim, mask: Mask, earlier: { fromAuthor: number; next: number; steps: number }) {
    this.#journal = journal
    this.#claim = claim
    this.#mask = mask
    this.#sequence = earlier.next
    this.#written = earlier.fromAuthor
    this.#position = earlier.steps
  }

  /** The code begins again: what it logged before, it logs again. */
  restart(): void {
    this.#repeated = 0
  }

  authorLine(level: Level, message: string, data?: unknown): void {
    if (this.#repeated++ < this.#written) return
    this.#written++
    this.#add(level, message, data, true)
  }

  /** A line of ours: why something was tried again, or resumed. */
  platformLine(level: Level, message: string, data?: unknown): void {
    this.#add(level, message, data, false)
  }

  /** Shows that an attempt of a step has begun, and later how it ended. */
  step(flight: Flight & { position?: number }, attempt: number): { end(outcome: ChannelOutcome): void } {
    flight.position ??= this.#position++
    const { name, position } = flight
    const startedAt = new Date()
    const begunAt = performance.now()
    const line = {
      executionId: this.#claim.executionId,
      claim: this.#claim.claim,
      position,
      name: storable(this.#mask.text(name).slice(0, 200)),
      attempt,
      startedAt,
    }
    this.#openSteps++
    this.#journal.addStep({ ...line, status: 'running', durationMs: null, error: null })
    return {
      end: (outcome) => {
        this.#openSteps--
        const error = outcome.ok
          ? null
          : JSON.stringify(
              storableError(
                this.#mask.data({
                  type: outcome.error.type,
                  message: outcome.error.message,
                  details: { ...outcome.error.details, ...(outcome.error.code === null ? {} : { code: outcome.error.code }) },
                }),
              ),
            )
        this.#journal.addStep({ ...line, status: outcome.ok ? 'success' : 'failed', durationMs: performance.now() - begunAt, error })
      },
    }
  }

  /** Takes what is not written yet, to be written together with the end. Nothing may be added after it. */
  async takeRest(): Promise<JournalRest> {
    // Asked before: a step that ends from now on is not shown any more.
    const hasOpenSteps = this.#openSteps > 0
    return { hasOpenSteps, write: await this.#journal.take(this.#claim.executionId) }
  }

  flush(): Promise<void> {
    return this.#journal.flush()
  }

  #add(level: Level, message: string, data: unknown, isFromAuthor: boolean): void {
    this.#journal.addLine({
      executionId: this.#claim.executionId,
      claim: this.#claim.claim,
      sequence: this.#sequence++,
      at: new Date(),
      level: level === 'debug' || level === 'warn' || level === 'error' ? level : 'info',
      message: this.#shortened(this.#mask.text(storable(String(message))), longestMessage),
      data: this.#dataOf(data),
      isFromAuthor,
    })
  }

  #dataOf(data: unknown): string | null {
    if (data === undefined || data === null) return null
    const text = JSON.stringify(this.#mask.data(data))
    return storableJson(
      text.length > longestData
        ? JSON.stringify({ note: `This data is longer than ${longestData} characters.`, beginning: text.slice(0, 1_000) })
        : text,
    )
  }

  #shortened(text: string, longest: number): string {
    return text.length > longest ? `${text.slice(0, longest)}… (${text.length - longest} more characters)` : text
  }
}
