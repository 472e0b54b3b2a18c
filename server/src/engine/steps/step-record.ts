import { hash } from 'node:crypto'
import type { ChannelOutcome } from '../../protocol/channel.ts'

/** What is kept of a step that ended. */
export type StepRecord = {
  /** Or its mark, see `markOfName`. */
  name: string
  /** A mark of the call's arguments; empty where there is none. */
  fingerprint: string
  /** How many steps of that name and mark the code had asked for before this one. */
  occurrence: number
  /** Steps were answered in this order. Answered so again, the author's code asks the same again. */
  order: number
  outcome: ChannelOutcome
  /** False where the value was not plain data: the step was done, and its closure has to give the value again. */
  isPlain: boolean
  /** True where the value holds a secret: it is stored as sealed text. */
  isSealed: boolean
  /** The order of the record of an earlier execution that this one repeats: it was not done again. */
  source?: number
  /** When it was stored; undefined for what is recorded just now. */
  recordedAt?: Date
}

/** Which step it is: the same again when the code runs again. */
export type StepIdentity = Pick<StepRecord, 'name' | 'fingerprint' | 'occurrence'>

/** What a step came to. */
export type StepOutcome = Pick<StepRecord, 'outcome' | 'isPlain' | 'isSealed' | 'source'>

/** What a name is known by, whether it is given itself or by its mark. */
export function markOf(name: string): string {
  return /^#[\w-]{43}$/.test(name) ? name : markOfName(name)
}

/** Stands for the name of a step in its record, where the name holds a secret or characters that PostgreSQL cannot hold. */
export function markOfName(name: string): string {
  // Every half of a surrogate pair is a number of its own here.
  return `#${hash('sha256', Buffer.from(name, 'utf16le'), 'base64url')}`
}

/** The key of a step: the same over its attempts and after a crash, and by which its record and what is shown of it are one. */
export function idempotencyKeyOf(executionId: string, { name, fingerprint, occurrence }: StepIdentity): string {
  return hash('sha256', `${executionId}\0${markOf(name)}\0${fingerprint}\0${occurrence}`, 'hex').slice(0, 32)
}
