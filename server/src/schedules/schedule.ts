import type { Actor } from '../audit/audit.ts'
import type { Selection } from '../batches/selection.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { Timing } from './due-times.ts'

/** What becomes of runs whose time passed while no worker could fire them. */
export type MissedRuns = 'skip' | 'catch_up'

/** When something runs, and for whom. */
export type Plan = Timing & { organizations: Selection; missed: MissedRuns }

/** Why a due run did not fire. */
export type ScheduleError = { error: string; message: string; at: string }

/** Something that runs on its own: as its author declared it, with what was set in its place. */
export type Schedule = Plan & {
  /** The workflow, or what the platform brings along. */
  workflowName: string
  isBuiltIn: boolean
  /** Undefined where it is only set, and nothing is left when that is taken back. */
  declared: Plan | undefined
  /** True where something differs from what was declared. */
  isChanged: boolean
  parameters: JsonObject
  /** Who its runs act for: who set it last. Null where it runs as its author declared it. */
  setBy: Actor | null
  isPaused: boolean
  nextRunAt: Date | null
  lastRunAt: Date | null
  lastBatchId: string | null
  lastError: ScheduleError | null
  /** Since when its workflow does not load; null where it does. It does not run meanwhile, and what it misses is treated as any other missed run. */
  notLoadedSince: Date | null
}
