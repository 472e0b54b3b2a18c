/** How a person writes dates where they live, so that 31/12/2026 and 12/31/2026 are both understood as they are meant. */

type Part = 'day' | 'month' | 'year'
type Ymd = Record<Part, number>

const two = (value: number) => String(value).padStart(2, '0')
const isoOf = ({ year, month, day }: Ymd) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`

/** English where the place is none that is known. */
function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en-GB'
  } catch {
    return 'en-GB'
  }
}

function formatter(locale: string): Intl.DateTimeFormat {
  const options = {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    calendar: 'gregory',
    numberingSystem: 'latn',
    timeZone: 'UTC',
  } as const
  return new Intl.DateTimeFormat(knownLocale(locale), options)
}

const isPart = (type: string): type is Part => type === 'day' || type === 'month' || type === 'year'

function orderOf(locale: string): Part[] {
  return formatter(locale)
    .formatToParts(0)
    .map(({ type }) => type)
    .filter(isPart)
}

function real(date: Partial<Ymd>): Ymd | undefined {
  const { year = 0, month = 0, day = 0 } = date
  if (month < 1 || month > 12 || day < 1 || year < 1 || year > 9_999) return undefined
  return day <= new Date(Date.UTC(2_000 + (year % 400), month, 0)).getUTCDate() ? { year, month, day } : undefined
}

const fullYear = (text: string) => (text.length > 2 ? Number(text) : Number(text) + (Number(text) < 70 ? 2_000 : 1_900))

function monthNamed(word: string, locale: string): number | undefined {
  const wanted = word.toLowerCase().replaceAll('.', '')
  if (wanted.length < 3) return undefined
  for (const language of [knownLocale(locale), 'en-GB']) {
    const names = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })
    const found = Array.from({ length: 12 }, (_, month) => names.format(Date.UTC(2_001, month)).toLowerCase()).findIndex((name) =>
      name.startsWith(wanted),
    )
    if (found >= 0) return found + 1
  }
  return undefined
}

function fromNumbers([a = '', b = '', c = '']: string[], locale: string): Ymd | undefined {
  if (a.length === 4) return real({ year: Number(a), month: Number(b), day: Number(c) })
  const order = orderOf(locale)
  const parts = order[0] === 'year' && c.length === 4 ? undefined : order
  const read = (places: readonly Part[]) => {
    const at = (part: Part) => [a, b, c][places.indexOf(part)] ?? ''
    return real({ day: Number(at('day')), month: Number(at('month')), year: fullYear(at('year')) })
  }
  const own = parts && read(parts)
  if (own) return own
  if (c.length !== 4) return undefined
  // The other order is meant where only that one gives a date.
  const [dayFirst, monthFirst] = [read(['day', 'month', 'year']), read(['month', 'day', 'year'])]
  return dayFirst && monthFirst ? undefined : (dayFirst ?? monthFirst)
}

/** The date as `2026-12-31`; undefined where the text is none. */
export function parseDate(text: string, locale: string): string | undefined {
  const words = text.trim().match(/\p{L}+|\d+/gu) ?? []
  const numbers = words.filter((word) => /^\d+$/.test(word))
  const named = words.map((word) => monthNamed(word, locale)).find((month) => month !== undefined)
  if (named !== undefined && numbers.length === 2) {
    const year = numbers.find((number) => number.length === 4)
    const day = numbers.find((number) => number.length <= 2)
    const date = year && day && real({ year: Number(year), month: named, day: Number(day) })
    return date ? isoOf(date) : undefined
  }
  if (/\d[a-z]|[a-z]\d/i.test(text)) return undefined
  // A short word, as г., belongs to the numbers.
  if (
    words.some((word) => word.length > 2 && !numbers.includes(word)) ||
    numbers.length !== 3 ||
    numbers.some((number) => number.length > 4 || number.length === 3)
  )
    return undefined
  const date = fromNumbers(numbers, locale)
  return date && isoOf(date)
}

/** A date of the form `2026-12-31` as the person writes it. */
export function formatDate(iso: string, locale: string): string {
  const at = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(at) ? iso : formatter(locale).format(at)
}

/** The form of a date, as DD/MM/YYYY. */
export function dateHint(locale: string): string {
  const letters: Record<string, string> = { day: 'DD', month: 'MM', year: 'YYYY' }
  return formatter(locale)
    .formatToParts(0)
    .map(({ type, value }) => letters[type] ?? value)
    .join('')
    .replaceAll(/[\u200e\u200f]/g, '')
}

/** The time of day as `14:30:00`; undefined where the text is none. */
export function parseTime(text: string): string | undefined {
  const found = /^(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(text.trim())
  if (!found || (found[2] === undefined && found[4] === undefined)) return undefined
  const half = found[4]?.toLowerCase()
  const [hour, minute, second] = [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)]
  if (minute > 59 || second > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return undefined
  return `${two(half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour)}:${two(minute)}:${two(second)}`
}

/** Date and time of day as `2026-12-31T14:30:00`, or the moment itself where the text names its offset. */
export function parseDateTime(text: string, locale: string): string | undefined {
  const plain = text.trim()
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(plain)) {
    const at = Date.parse(plain)
    return Number.isNaN(at) ? undefined : new Date(at).toISOString()
  }
  const found = /^(.+?)(?:,?\s+|T)(\d{1,2}(?:[:.h]\d{2}){1,2}\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)$/i.exec(plain)
  const [date, time] = [found?.[1] && parseDate(found[1], locale), found?.[2] && parseTime(found[2])]
  return date && time ? `${date}T${time}` : undefined
}

/** The moment at which it is this date and time of day here. */
export function momentOf(local: string): string {
  return new Date(local).toISOString().replace('.000Z', 'Z')
}

/** The date and time of day here at a moment; of what has no offset, its own. Undefined where the text is no moment. */
export function localOf(moment: string): string | undefined {
  const at = new Date(moment)
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(moment) || Number.isNaN(at.getTime())) return undefined
  return `${isoOf({ year: at.getFullYear(), month: at.getMonth() + 1, day: at.getDate() })}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** `2026-12-31T14:30:00` as the person writes it, without seconds that are none. */
export function formatDateTime(local: string, locale: string): string {
  const [date = '', time = ''] = local.split('T')
  return `${formatDate(date, locale)}, ${time.replace(/^(\d\d:\d\d):00$/, '$1')}`
}
