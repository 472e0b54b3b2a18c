import { boundErrorData } from '@crosswalk/sdk/error-data'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import type { ChannelOutcome, SessionMessage } from '../protocol/channel.ts'

/** Of a line or of progress, before secrets are masked in it. */
const maxMessageChars = 131_072

/**
 * What a runner says of an execution, held to its form and to a bounded size as it comes in: the runner does so too, but author code runs
 * in it. Undefined where it says nothing.
 */
export function boundedMessage(message: SessionMessage): SessionMessage | undefined {
  switch (message.type) {
    case 'log':
      return {
        ...message,
        message: textOf(message.message),
        ...(message.data === undefined ? {} : { data: readableData(message.data) }),
      }
    case 'progress': {
      if (!Number.isFinite(message.done)) return undefined
      const total = Number.isFinite(message.total) ? message.total : undefined
      return { ...message, total, message: message.message === undefined ? undefined : textOf(message.message) }
    }
    case 'performed':
    case 'ended':
      return { ...message, outcome: boundedOutcome(message.outcome) }
    default:
      return message
  }
}

function boundedOutcome(outcome: ChannelOutcome): ChannelOutcome {
  return outcome.ok ? outcome : { ok: false, error: boundErrorData(outcome.error) }
}

function textOf(text: unknown): string {
  const readable = typeof text === 'string' ? text : JSON.stringify(readableData(text))
  return shortened(readable, maxMessageChars)
}
