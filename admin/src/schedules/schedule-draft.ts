import type { Schedule, SetScheduleBody } from '@crosswalk/client'
import { allOrganizations, choiceOf, type OrganizationChoice, selectionOf, whatIsMissing } from '../parts/pickers/organization-choice.ts'
import { ownTimeZone } from './next-times.ts'

/** A schedule before it is saved. */
export type ScheduleDraft = {
  cron: string
  timeZone: string
  choice: OrganizationChoice
  missed: Schedule['missed']
  parameters: Record<string, unknown>
}

export function draftOf(schedule: Schedule | undefined): ScheduleDraft {
  if (!schedule) return { cron: '', timeZone: ownTimeZone(), choice: allOrganizations, missed: 'skip', parameters: {} }
  const { cron, time_zone: timeZone, organizations, missed, parameters } = schedule
  return { cron, timeZone, choice: choiceOf(organizations), missed, parameters }
}

/** Only what is set differs from what was there: the rest stays as its author declared it. */
export function changesOf(schedule: Schedule | undefined, draft: ScheduleDraft): SetScheduleBody {
  const all = {
    cron: draft.cron.trim(),
    time_zone: draft.timeZone,
    organizations: selectionOf(draft.choice) ?? 'all',
    missed: draft.missed,
    parameters: draft.parameters,
  } satisfies SetScheduleBody
  const before: Partial<Record<keyof typeof all, unknown>> = schedule ?? { parameters: {} }
  return Object.fromEntries(Object.entries(all).filter(([field, value]) => !isSame(value, before[field as keyof typeof all]))) // its own keys
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** Why the draft cannot be saved yet; undefined where it can. A time that is not right is told at its field. */
export function whatKeeps(schedule: Schedule | undefined, draft: ScheduleDraft): string | undefined {
  if (draft.cron.trim() === '') return 'Choose a time.'
  const missing = whatIsMissing(draft.choice)
  if (missing !== undefined) return missing
  return Object.keys(changesOf(schedule, draft)).length === 0 ? 'Nothing is changed yet.' : undefined
}
