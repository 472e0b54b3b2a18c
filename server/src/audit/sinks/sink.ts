import type { z } from 'zod'
import type { auditEventView } from '../audit-view.ts'

/** Names of what audit events are sent on to, as the table has them. */
export const sinkNames = ['syslog', 'webhook'] as const
export type SinkName = (typeof sinkNames)[number]

/** An event as it is sent: as the API shows it, with its place in the chain. One that is too large for the other side is without its changes. */
export type SentEvent = { sequence: number; hash: string; changes_left_out?: true } & z.input<typeof auditEventView>

/** What audit events are sent on to. */
export type Sink = {
  readonly name: SinkName
  /** For people: where that is, without what is secret of it. */
  readonly place: string
  /**
   * Sends events in the order of the chain. Some may be sent a second time: each has its sequence and id.
   *
   * @throws SinkFailure, or whatever else, where it is not sure that all of them arrived
   */
  send(events: readonly SentEvent[]): Promise<void>
}

/** Why events did not arrive. The sentence is shown to administrators. */
export class SinkFailure extends Error {
  override readonly name = 'SinkFailure'
  /** How long the other side asks to wait. */
  readonly retryAfterMs: number | undefined
  /** The other side takes less at once. */
  readonly isTooLarge: boolean
  constructor(message: string, { retryAfterMs, isTooLarge = false }: { retryAfterMs?: number | undefined; isTooLarge?: boolean } = {}) {
    super(message)
    this.retryAfterMs = retryAfterMs
    this.isTooLarge = isTooLarge
  }
}
