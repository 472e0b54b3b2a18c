type Field = {
  name: string
  min: number
  max: number /** How many different values it has: no step is larger. */
  size: number
  words: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, size: 60, words: [] },
  { name: 'hour', min: 0, max: 23, size: 24, words: [] },
  { name: 'day of month', min: 1, max: 31, size: 31, words: [] },
  { name: 'month', min: 1, max: 12, size: 12, words: months },
  { name: 'day of week', min: 0, max: 7, size: 7, words: weekdays },
]
/** In a leap year. */
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const maxCronChars = 200

/** An expression as it is kept, or what is wrong with it: a clause that follows "the cron expression '…'". */
export type ParsedCron = { cron: string; problem?: undefined } | { cron?: undefined; problem: string }

/** Reads a cron expression of five fields. What it takes, the code that computes the times takes too: a test holds them together. */
export function parseCron(expression: string): ParsedCron {
  if (expression.length > maxCronChars) return { problem: `it may have ${maxCronChars} characters at most` }
  const parts = expression.trim().toLowerCase().split(/\s+/)
  if (parts.length !== fields.length) return { problem: 'it needs five fields: minute hour day-of-month month day-of-week' }
  const values: (readonly number[])[] = []
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    const found: number[] = []
    for (const item of part.split(',')) {
      const read = readItem(item, field)
      if ('problem' in read) return { problem: `'${part}' is not a ${field.name}: ${read.problem}` }
      found.push(...read.values)
    }
    values.push(found)
  }
  if (parts[4] === '*' && !comes(values[2] ?? [], values[3] ?? [])) return { problem: 'that is a time that never comes' }
  return { cron: parts.join(' ') }
}

/** Whether any of the months has any of the days. */
function comes(days: readonly number[], months: readonly number[]): boolean {
  return months.some((month) => days.some((day) => day <= (daysOfMonths[month - 1] ?? 0)))
}

/** One item of a list: `*`, `5`, `1-5`, `mon-fri`, and any of those with `/step` (a step needs `*` or a range before it). */
function readItem(item: string, field: Field): { values: readonly number[] } | { problem: string } {
  const { min, max, size } = field
  const [range = '', stepText, ...rest] = item.split('/')
  const step = stepText === undefined ? 1 : Number(stepText)
  if (rest.length > 0 || (stepText !== undefined && !/^\d{1,3}$/.test(stepText))) return { problem: "a step is written '*/5' or '1-30/5'" }
  if (step < 1 || step > size) return { problem: `a step is a number from 1 to ${size}` }
  const [from, to, ...more] = range === '*' ? [min, max] : range.split('-').map((end) => readNumber(end, field))
  const isRange = to !== undefined || range.includes('-')
  if (from === undefined || more.length > 0 || (isRange && to === undefined)) return { problem: `use ${min} to ${max}` }
  if (!isRange) return stepText === undefined ? { values: [from] } : { problem: "a step is written '*/5' or '1-30/5'" }
  if (to === undefined || from > to) return { problem: 'a range goes from the smaller to the larger' }
  return { values: Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step) }
}

function readNumber(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text)
  if (word >= 0) return word + field.min
  if (!/^\d{1,2}$/.test(text)) return undefined
  const number = Number(text)
  return number >= field.min && number <= field.max ? number : undefined
}
