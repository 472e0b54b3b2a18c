import { randomBytes } from 'node:crypto'
import type { SessionMessage } from '../../protocol/channel.ts'
import { ProtocolViolation } from '../../protocol/frames.ts'
import type { Taken } from '../channel/runner-pipe.ts'
import type { RunnerLoss, SessionListener } from './session-listener.ts'

/** What may come of executions after their end, until their code has noticed. */
const maxLateMessages = 50_000

/** The executions of one runner, by the keys under which it speaks for them. */
export class RunnerSessions {
  readonly #open = new Map<string, SessionListener>()
  /** Keys of sessions that are over: their code may not know yet. */
  readonly #past = new Set<string>()
  /** Which session broke the protocol: null where it was one that is over, undefined where that is not known. */
  #violator: SessionListener | null | undefined
  #late = 0
  /** Executions that the runner was given, ended ones included. */
  served = 0

  /** Those that are not over. */
  get count(): number {
    return this.#open.size
  }

  add(listener: SessionListener): string {
    const key = randomBytes(16).toString('hex')
    this.#open.set(key, listener)
    this.served++
    return key
  }

  close(key: string): void {
    this.#open.delete(key)
    this.#past.add(key)
  }

  /** @throws ProtocolViolation */
  onMessage(key: string, message: SessionMessage, chars: number): Taken {
    const session = this.#open.get(key)
    if (session) return session.onMessage(message, chars)
    if (!this.#past.has(key)) throw new ProtocolViolation('A message has the key of no session of this runner.')
    if (++this.#late > maxLateMessages) throw new ProtocolViolation('Code of executions that have ended does not stop.')
    return undefined
  }

  /** @param key of the session that did so; undefined where nobody can tell */
  brokeProtocol(key: string | undefined): void {
    this.#violator = key === undefined ? undefined : (this.#open.get(key) ?? (this.#past.has(key) ? null : undefined))
  }

  /** The runner is gone: each is told why, and whether it can be the cause. */
  lose(loss: RunnerLoss): void {
    const sessions = [...this.#open.values()]
    this.#open.clear()
    // Also one that has ended may have left behind what was the cause.
    const isAlone = sessions.length === 1 && this.served === 1
    const isGuilty = (session: SessionListener) => (this.#violator === undefined ? isAlone : session === this.#violator)
    for (const session of sessions) session.onLost(loss, isGuilty(session))
  }
}
