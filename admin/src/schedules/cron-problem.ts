import { nextTimes } from './next-times.ts'

/** What is not right about a cron expression; undefined where it is right, or nothing is entered yet. */
export function cronProblem(cron: string, timeZone: string): string | undefined {
  if (cron.trim() === '') return undefined
  const times = nextTimes(cron, timeZone, 1)
  if (times) return times.length === 0 ? 'This time never comes.' : undefined
  const count = cron.trim().split(/\s+/).length
  if (count !== 5) return `A cron expression has five fields with spaces between them, and this has ${count}.`
  return 'One of the five fields is not right: minutes are 0 to 59, hours 0 to 23, days 1 to 31, months 1 to 12, days of the week 0 to 7 or mon to sun.'
}
