import type { SessionMessage } from '../../protocol/channel.ts'
import type { OutputMask } from '../channel/runner-output.ts'
import type { Taken } from '../channel/runner-pipe.ts'

/** Why a runner is gone. */
export type RunnerLoss = 'stalled' | 'out_of_memory' | 'protocol_violation' | 'crashed' | 'retired'

/** What the host is told of one execution in a runner. */
export type SessionListener = {
  /** @param chars how long it was as it came */
  onMessage(message: SessionMessage, chars: number): Taken
  /** Knows the secrets of the execution. */
  mask: OutputMask
  /** The runner is gone; nothing more comes. `wasAlone` tells that no other execution can have been the cause, nor one that has ended. */
  onLost(loss: RunnerLoss, wasAlone: boolean): void
}
