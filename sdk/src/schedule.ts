import { z } from 'zod'
import { parseCron } from './cron-expression.ts'
import { definitionInvalid, isRecord, shown } from './definition-checks.ts'
import { timeZoneProblem } from './time-zone.ts'

/**
 * Which organizations something runs for: all active ones, the active ones with a mapping of an integration, with a tag or with a value of a
 * custom field (`field:tier=gold`), or those with these ids.
 */
export type OrganizationSelection = 'all' | `mapped:${string}` | `tag:${string}` | `field:${string}=${string}` | readonly string[]

/** What becomes of runs whose time passed while nothing could run. */
export type MissedRuns = 'skip' | 'catch_up'

/** When a workflow runs on its own, and for which organizations: at each time it is executed once for each of them. */
export type Schedule = {
  /** Five fields: minute, hour, day of month, month, day of week (0 to 7, Sunday is 0 and 7). `*`, lists, ranges, steps, names. */
  readonly cron: string
  /** IANA name. A time that a clock change skips is run right after the gap; one that it repeats is run once, unless the hour is `*`. */
  readonly timeZone: string
  readonly organizations: OrganizationSelection
  readonly missed: MissedRuns
}

/**
 * A schedule as an author writes it. An administrator can pause it and set another in its place.
 *
 * @example
 * ```ts
 * schedule: { cron: '0 3 * * mon-fri', timeZone: 'Europe/Vienna', organizations: 'mapped:halopsa', missed: 'catch_up' }
 * ```
 */
export type ScheduleOptions = {
  cron: string
  /** Default `UTC`. */
  timeZone?: string | undefined
  /** Default `all`. */
  organizations?: OrganizationSelection | undefined
  /** `skip`, the default: what was missed by more than five minutes is not run. `catch_up`: it is, the last ten at most. */
  missed?: MissedRuns | undefined
}

/** A definition's error, with the field of the schedule that is wrong. */
export type ScheduleProblem = TypeError & { readonly code: 'definition_invalid'; readonly field: keyof Schedule }

/**
 * Checks a schedule when it is defined, so that a typing error does not show on the first of next month.
 *
 * @throws TypeError saying which field is wrong; that is also in its `field`.
 */
export function checkSchedule(owner: string, schedule: unknown): Schedule {
  const wrong = (field: keyof Schedule, says: string): ScheduleProblem =>
    Object.assign(definitionInvalid(`The ${owner} has ${says}.`), { field })
  if (!isRecord(schedule))
    throw wrong('cron', `a schedule that is not { cron: '0 3 * * *', timeZone?: 'Europe/Vienna' }: ${shown(schedule)}`)
  const { cron, timeZone = 'UTC', organizations = 'all', missed = 'skip', ...rest } = schedule
  if (typeof cron !== 'string')
    throw wrong('cron', `a schedule that is not { cron: '0 3 * * *', timeZone?: 'Europe/Vienna' }: its cron is ${shown(cron)}`)
  const parsed = parseCron(cron)
  if (parsed.problem !== undefined) throw wrong('cron', `the cron expression ${shown(cron)}; ${parsed.problem}`)
  const zoneProblem = timeZoneProblem(timeZone)
  if (zoneProblem !== undefined) throw wrong('timeZone', `the time zone ${shown(timeZone)}; ${zoneProblem}`)
  const selection = Array.isArray(organizations) ? [...organizations] : organizations
  if (!isSelection(selection))
    throw wrong(
      'organizations',
      `the organizations ${shown(organizations)}; use 'all', 'mapped:<integration>', 'tag:<tag>', 'field:<name>=<value>' or a list of ids`,
    )
  if (missed !== 'skip' && missed !== 'catch_up') throw wrong('missed', `missed: ${shown(missed)}; use 'skip' or 'catch_up'`)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong('cron', `a schedule with ${shown(unknown)}; it takes cron, timeZone, organizations and missed`)
  return Object.freeze({
    cron: parsed.cron,
    timeZone: timeZone as string, // it is one, as Intl takes it
    organizations: typeof selection === 'string' ? selection : Object.freeze(selection),
    missed,
  })
}

/** One list of ids is no longer than this. */
const maxOrganizations = 10_000
const organizationId = z.uuid()
const selections = [/^mapped:[a-z][a-z0-9_]{0,49}$/, /^tag:[^,\p{Cc}]{1,50}$/u, /^field:[a-z][a-z0-9_]{0,49}=[^\p{Cc}]{0,2000}$/u]

function isSelection(value: unknown): value is OrganizationSelection {
  if (Array.isArray(value))
    return value.length > 0 && value.length <= maxOrganizations && value.every((id) => organizationId.safeParse(id).success)
  return typeof value === 'string' && (value === 'all' || selections.some((pattern) => pattern.test(value)))
}
