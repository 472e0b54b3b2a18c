import type { SentEvent } from './sink.ts'

/** Facility 13 is the audit log. https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const facility = 13
const severities = { warning: 4, notice: 5 }
const maxMessageIdLength = 32

/** The event as JSON in ASCII: nothing in it breaks a line, and no receiver has to know an encoding. */
const jsonOf = (event: object) =>
  JSON.stringify(event).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const visible = (text: string, max: number) => text.replace(/[^\x21-\x7e]/g, '_').slice(0, max) || '-'

/**
 * One event as a message of RFC 5424, its content as JSON.
 *
 * @param maxBytes a longer one is sent without `changes`, and says so
 */
export function syslogMessage(event: SentEvent, host: string, maxBytes = Number.POSITIVE_INFINITY): string {
  const severity = /\.(refused|limited)$/.test(event.action) ? severities.warning : severities.notice
  const head = `<${facility * 8 + severity}>1 ${event.at} ${visible(host, 255)} crosswalk - ${visible(event.action, maxMessageIdLength)} -`
  const whole = `${head} ${jsonOf(event)}`
  if (whole.length <= maxBytes) return whole
  const { changes: _, ...rest } = event
  return `${head} ${jsonOf({ ...rest, changes_left_out: true })}`
}
