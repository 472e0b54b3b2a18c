/** A vendor that asks for more is taken to ask for this: what it sends is wrong, or of no use to anybody who waits. */
const maxAskedMs = 7 * 24 * 60 * 60_000

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
/** The forms of RFC 9110, 5.6.7: IMF-fixdate, and the obsolete ones of RFC 850 and asctime. */
const dateForms = [
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${time} GMT$`,
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${time} GMT$`,
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`,
].map((form) => new RegExp(form))

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or an HTTP date. Anything else is not understood, and not guessed at.
 *
 * @returns milliseconds from `nowMs`, never negative and at most a week; undefined for no header or one that says nothing.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  // Some vendors write `2.0`.
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), maxAskedMs)
  const atMs = parseHttpDate(text, nowMs)
  return atMs === undefined ? undefined : Math.min(Math.max(0, atMs - nowMs), maxAskedMs)
}

function parseHttpDate(text: string, nowMs: number): number | undefined {
  const parts = dateForms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (!parts) return undefined
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number) as [number, number, number, number]
  const month = months.indexOf(parts.month ?? '')
  const year = parts.year?.length === 2 ? fullYear(Number(parts.year), nowMs) : Number(parts.year)
  // 60 is a leap second.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  // The 31st of April would be the 1st of May.
  return new Date(Date.UTC(year, month, day)).getUTCDate() === day ? date.getTime() : undefined
}

/** Two digits that seem to lie more than 50 years ahead are of the century before. */
function fullYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}
