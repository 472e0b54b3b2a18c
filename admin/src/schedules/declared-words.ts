import type { Schedule } from '@crosswalk/client'
import { cronWords, missedWords } from '../parts/cron-words.ts'
import { selectionWords } from '../parts/pickers/organization-choice.ts'

/** What was declared, in a line: Every Monday at 03:00, Europe/Vienna, for all organizations; missed runs are skipped. */
export function declaredWords({ cron, time_zone, organizations, missed }: NonNullable<Schedule['declared']>): string {
  return `${cronWords(cron)}, ${time_zone}, for ${selectionWords(organizations)}; ${missedWords[missed]}`
}
