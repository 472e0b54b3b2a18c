import type { Mask } from '@crosswalk/sdk/masking'
import type { CallInStep, ChannelOutcome } from '../../protocol/channel.ts'
import { storable, storableJson } from '../../protocol/storable.ts'
import type { Claim } from '../state/claiming.queries.ts'
import type { OpenStep } from '../steps/step-ledger.ts'
import type { Journal } from './journal.ts'
import { shownArguments } from './shown-arguments.ts'
import { type EarlierStep, ShownStep } from './shown-steps.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** A line is cut where it is longer; an author who logs whole answers of a vendor wants a file. In characters. */
const maxMessageChars = 32_768
const maxDataChars = 65_536

/** What an execution left to be read before: its lines, how many of them are the author's, and where its steps continue. */
export type EarlierJournal = { fromAuthor: number; next: number; nextPosition: number; steps: readonly EarlierStep[] }

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
  /** What earlier workers showed of steps that are not recorded, by their keys. */
  readonly #earlier: Map<string, EarlierStep>
  readonly #shown = new Map<OpenStep, ShownStep>()

  constructor(journal: Journal, claim: Claim, mask: Mask, earlier: EarlierJournal) {
    this.#journal = journal
    this.#claim = claim
    this.#mask = mask
    this.#sequence = earlier.next
    this.#written = earlier.fromAuthor
    this.#position = earlier.nextPosition
    this.#earlier = new Map(earlier.steps.map((step) => [step.idempotencyKey, step]))
  }

  /** The code begins again: what it logged before, it logs again. */
  restart(): void {
    this.#repeated = 0
  }

  /** Lines of a step are not logged again: its function does not run when the code catches up. */
  authorLine(level: Level, message: string, data: unknown, isInStep: boolean): void {
    if (!isInStep) {
      if (this.#repeated++ < this.#written) return
      this.#written++
    }
    this.#add(level, message, data, !isInStep)
  }

  /** A line of ours: why something was tried again, or resumed. */
  platformLine(level: Level, message: string, data?: unknown): void {
    this.#add(level, message, data, false)
  }

  /**
   * Shows that an attempt of a step has begun, and later how it ended.
   *
   * @param args what a client was called with
   */
  step(openStep: OpenStep, idempotencyKey: string, args?: unknown): { end(outcome: ChannelOutcome): void } {
    let step = this.#shown.get(openStep)
    if (!step) {
      const before = this.#earlier.get(idempotencyKey)
      const { executionId, claim } = this.#claim
      const position = before?.position ?? this.#position++
      const identity = { executionId, claim, position, name: openStep.name, idempotencyKey, arguments: shownArguments(this.#mask, args) }
      step = new ShownStep(this.#mask, (line) => this.#journal.addStep(line), identity, before?.attempts ?? [])
      this.#shown.set(openStep, step)
    }
    const shown = step
    this.#openSteps++
    shown.begin()
    return {
      end: (outcome) => {
        this.#openSteps--
        shown.end(outcome)
      },
    }
  }

  /** A call that the step made. */
  call(openStep: OpenStep, call: CallInStep): void {
    this.#shown.get(openStep)?.call(call)
  }

  /** The runner that did the step was lost, and another does it again. */
  cutOff(openStep: OpenStep): void {
    this.#shown.get(openStep)?.cutOff()
  }

  /** The step will not be shown again. */
  landed(openStep: OpenStep): void {
    this.#shown.delete(openStep)
  }

  /** Takes what is not written yet, to be written together with the end. Nothing may be added after it. */
  async takeRest(): Promise<JournalRest> {
    // Asked before: a step that ends from now on is not shown any more.
    const hasOpenSteps = this.#openSteps > 0
    return { hasOpenSteps, write: await this.#journal.take(this.#claim.executionId) }
  }

  /** A promise where too much waits to be written: no line is to follow before it is settled. */
  get room(): Promise<void> | undefined {
    return this.#journal.room
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
      level,
      message: this.#shortened(this.#mask.text(storable(String(message))), maxMessageChars),
      data: this.#dataOf(data),
      isFromAuthor,
    })
  }

  #dataOf(data: unknown): string | null {
    if (data === undefined || data === null) return null
    const text = JSON.stringify(this.#mask.data(data))
    return storableJson(
      text.length > maxDataChars
        ? JSON.stringify({ note: `This data is longer than ${maxDataChars} characters.`, beginning: text.slice(0, 1_000) })
        : text,
    )
  }

  #shortened(text: string, maxChars: number): string {
    return text.length > maxChars ? `${text.slice(0, maxChars)}… (${text.length - maxChars} more characters)` : text
  }
}
