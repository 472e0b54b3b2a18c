import type { Logger } from 'pino'
import type { Gateway } from '../../gateway/gateway.ts'
import type { ReadyMade } from '../../protocol/ready-made.ts'

export type RunnerOptions = {
  workspace: string
  /** The integrations that come along. Default: none. */
  readyMade?: ReadyMade
  logger: Logger
  maxHeapMb: number
  /** Folders that no runner sees, though they may lie in the workspace. */
  hidden?: readonly string[]
  /** `none`: a runner reaches its host and its gateway alone. `host`: the network of the machine. Default: `none` where there is a gateway. */
  network?: 'host' | 'none'
  /** A runner that does not answer for this time is taken to loop. */
  stallMs: number
  loadTimeoutMs: number
  /** The way out. Null where there can be none: then author code opens connections itself. */
  gateway: Gateway | null
}
