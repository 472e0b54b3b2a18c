import { createHmac } from 'node:crypto'
import type { OwnAnswer, OwnRequest } from '../../gateway/messages/own-request.ts'
import { type Sink, SinkFailure } from './sink.ts'

export type WebhookOptions = {
  url: string
  /** What requests are signed with. */
  secret: string
  /** Makes a request of the platform's own, by the rules for addresses that hold for author code. */
  fetchOutside: (request: OwnRequest) => Promise<OwnAnswer>
  now?: () => Date
}

const limits = { timeoutMs: 30_000, maxBytes: 64 * 1024 }
const maxRetryAfterMs = 60 * 60_000

/** https://github.com/standard-webhooks/standard-webhooks: over the id, the time and the body. */
export function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

function retryAfterOf(headers: Record<string, string>): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, maxRetryAfterMs) : undefined
}

/** Sends events as `{ events: […] }`, signed. The same events have the same id when they are sent again. */
export function openWebhook({ url, secret, fetchOutside, now = () => new Date() }: WebhookOptions): Sink {
  const { host, origin } = new URL(url)
  return {
    name: 'webhook',
    place: origin,
    async send(events) {
      const body = JSON.stringify({ events })
      const id = `audit-${events[0]?.sequence}-${events.at(-1)?.sequence}`
      const timestamp = String(Math.floor(now().getTime() / 1_000))
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Crosswalk',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, id, timestamp, body),
      }
      const answer = await fetchOutside({ method: 'POST', url, headers, body, owner: 'audit', ...limits }).catch((error: unknown) => {
        const reason = error instanceof Error ? ('code' in error && error.code) || error.message : error
        throw new SinkFailure(`${host} could not be reached (${reason}).`)
      })
      if (answer.status >= 200 && answer.status < 300) return
      throw new SinkFailure(`${host} answered with ${answer.status}.`, {
        retryAfterMs: retryAfterOf(answer.headers),
        isTooLarge: answer.status === 413,
      })
    },
  }
}
