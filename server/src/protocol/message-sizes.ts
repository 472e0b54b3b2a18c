import type { ProcessMessage, SessionMessage } from './channel.ts'
import { maxFrameBytes } from './frames.ts'

const KiB = 1_024
const MiB = 1_024 * KiB

/** How long a message of each type may be as JSON, in characters. What is longer is not sent, and not taken. */
export const maxChars: Readonly<Record<SessionMessage['type'] | ProcessMessage['type'], number>> = {
  started: 2 * MiB,
  ask: 16 * MiB,
  step: MiB,
  performed: maxFrameBytes,
  call: 2 * MiB,
  log: 2 * MiB,
  waiting: KiB,
  progress: MiB,
  ended: maxFrameBytes,
  probed: KiB,
  loading: MiB,
  loaded: maxFrameBytes,
  unchanged: KiB,
  pong: KiB,
}

/**
 * Of the text of a line or of progress, in characters: a longer one is cut. The host cuts to less than that, after it has masked secrets: one
 * that is cut in two is not known again.
 */
export const maxTextChars = 131_072

/** Of the marks of all files of a workspace, in characters: some ten thousand files. Of a larger one nothing is known ahead. */
export const maxMarksChars = 1 * MiB
