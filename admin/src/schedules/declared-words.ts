import type { Workflow } from '@crosswalk/client'
import { cronWords, missedWords } from '../elements/cron-words.ts'
import { selectionWords } from '../pickers/organization-choice.ts'

/** What an author declared, in a line: Every Monday at 03:00, Europe/Vienna, for all organizations; missed runs are skipped. */
export function declaredWords({ schedule }: Pick<Workflow, 'schedule'>): string {
  if (typeof schedule?.cron !== 'string') return 'no schedule'
  const { cron, timeZone = 'UTC', organizations = 'all', missed } = schedule
  const selection = Array.isArray(organizations) ? organizations.map(String) : String(organizations)
  const words = missedWords[missed === 'catch_up' ? 'catch_up' : 'skip']
  return `${cronWords(cron)}, ${timeZone}, for ${selectionWords(selection)}; ${words}`
}
