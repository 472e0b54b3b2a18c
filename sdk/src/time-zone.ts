import { ofWindows } from './windows-time-zones.ts'

/** What is wrong with the name of a time zone, as a clause that follows "the time zone '…'"; undefined for an IANA name. */
export function timeZoneProblem(name: unknown): string | undefined {
  if (typeof name === 'string' && /^(EST|MST|HST)$/i.test(name))
    return "that has no summer time, though people there do. Use the IANA name of a place, such as 'America/New_York'"
  if (isTimeZone(name)) return undefined
  if (typeof name === 'string' && isOffset(name))
    return "an offset has no summer time. Use the IANA name of a place, such as 'Europe/Vienna', or 'UTC'"
  const windows = typeof name === 'string' ? ofWindows(name) : undefined
  if (windows !== undefined) return `that is what Windows calls it. Use its IANA name, '${windows}'`
  const near = typeof name === 'string' ? nearest(name) : undefined
  return near === undefined ? "use an IANA name such as 'Europe/Vienna'" : `there is no such zone. Perhaps '${near}'`
}

/** A zone's name in its usual letters: `Intl` takes it in any. */
export function zoneNamed(name: string): string {
  const own = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  return own.toLowerCase() === name.toLowerCase() ? own : name
}

/** `Intl` takes `+02:00` for a time zone. */
const isOffset = (name: string) => /^[+\-\u2212]?\d/.test(name)

function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string' || name === '' || name.length > 100 || isOffset(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const letters = (text: string) => text.toLowerCase().replace(/[^a-z/]/g, '')

/** A zone of that city, or one that is spelled nearly so. */
function nearest(name: string): string | undefined {
  if (name.length > 100) return undefined
  const wanted = letters(name)
  if (wanted.length < 4) return undefined
  const zones = Intl.supportedValuesOf('timeZone')
  const ofCity = zones.find((zone) => letters(zone).split('/').at(-1) === wanted.split('/').at(-1))
  if (ofCity !== undefined) return ofCity
  const [best] = zones
    .map((zone) => ({
      zone,
      distance: Math.min(editDistance(letters(zone), wanted), editDistance(letters(zone).split('/').at(-1) ?? '', wanted)),
    }))
    .toSorted((left, right) => left.distance - right.distance)
  return best && best.distance <= 2 ? best.zone : undefined
}

/** How many letters have to be put in, left out or changed. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1]
    for (const [at, other] of [...right].entries())
      next.push(Math.min((row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1, (row[at] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row.at(-1) ?? 0
}
