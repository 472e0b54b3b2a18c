import cronstrue from 'cronstrue'

const times = String.raw`\d\d:\d\d(?:(?:, and | and |, )\d\d:\d\d)*`
const daily = new RegExp(`^At (${times})$`)
const onDays = new RegExp(`^At (${times}), only on (.+day)$`)
const throughDays = new RegExp(`^At (${times}), (\\w+day through \\w+day)$`)

/** `0 5 * * 1` as a person says it: Every Monday at 05:00. The expression itself where it cannot be read. */
export function cronWords(cron: string): string {
  try {
    return cronstrue
      .toString(cron, { use24HourTimeFormat: true })
      .replace(daily, 'Every day at $1')
      .replace(onDays, 'Every $2 at $1')
      .replace(throughDays, '$2 at $1')
  } catch {
    return cron
  }
}

/** The words for `missed` of a schedule. */
export const missedWords = { skip: 'missed runs are skipped', catch_up: 'missed runs run later' } as const
