import type { CallInStep, SessionMessage } from '../../protocol/channel.ts'
import { ProtocolViolation } from '../../protocol/frames.ts'
import type { Performed } from './runner-session-given.ts'

type Performing = PromiseWithResolvers<Performed | 'lost'> & { onCall(call: CallInStep): void }

/** The closures of steps that one runner is to run, by the numbers of those steps. */
export class Performances {
  readonly #performing = new Map<number, Performing>()
  /** Steps whose closure ran in this runner, which so holds their value. */
  readonly #here = new Set<number>()

  /** @returns what it comes to, once the runner says so */
  begin(number: number, onCall: (call: CallInStep) => void): Promise<Performed | 'lost'> {
    const performing = { ...Promise.withResolvers<Performed | 'lost'>(), onCall }
    this.#performing.set(number, performing)
    this.#here.add(number)
    return performing.promise
  }

  ranHere(number: number): boolean {
    return this.#here.has(number)
  }

  onCall(call: Extract<SessionMessage, { type: 'call' }>): void {
    this.#performing.get(call.number)?.onCall(call)
  }

  /** @throws ProtocolViolation */
  end({ number, outcome, isPlain, hasCalls }: Extract<SessionMessage, { type: 'performed' }>): void {
    const performing = this.#performing.get(number)
    if (!performing) throw new ProtocolViolation('A step was performed that nobody asked for.')
    this.#performing.delete(number)
    performing.resolve({ outcome, isPlain, hasCalls })
  }

  /** The runner is gone. */
  lose(): void {
    for (const performing of this.#performing.values()) performing.resolve('lost')
  }
}
