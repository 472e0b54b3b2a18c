import type { ApprovalAnswer, ApprovalRequest } from '../approval.ts'
import type { Context } from '../context.ts'
import type { DataProvider } from '../data-provider.ts'
import type { IntegrationClass } from '../integration.ts'
import type { Caller, LogLevel, Organization } from '../integration-context.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { MappingProblem, SavedMapping } from '../mapping.ts'
import type { CrashPoint } from './mock-life.ts'
import type { MockMapping } from './mock-mappings.ts'
import type { StepRecord } from './mock-steps.ts'
import type { RecordedVendor } from './recorded-vendor.ts'

/** What a test may set. Everything has a default. */
export type MockContextOptions = {
  /** The global ones. Mapping data that names a host keeps them back, unless `config` or the `hosts` of its integration name it too. */
  secrets?: Record<string, string>
  /** The organization's own: they come before the global ones, and are given for any host. */
  organizationSecrets?: Record<string, string>
  config?: Record<string, JsonValue>
  /** Tokens of OAuth connections, by the names that `context.http` has for them. */
  connections?: Record<string, string>
  /** Where `http` has its answers out of a recording, or records them. Waits are real while it records. */
  vendor?: RecordedVendor
  mappings?: readonly MockMapping[]
  /** Default: Acme, with a new UUID and no domains. */
  org?: Partial<Organization>
  caller?: Caller
  /** Classes that can be got by name. When there are any, only their names can be mapped. */
  integrations?: readonly IntegrationClass[]
  /**
   * Those that form fields take their options from. When there are any, a field with `closed: true` takes only what its provider offers
   * the organization of this context.
   */
  dataProviders?: readonly Pick<DataProvider, 'definition'>[]
  /** What people answer to `ctx.approve`: the same always, or as a function of what is asked. Without it `ctx.approve` fails the test. */
  approvals?: MockApproval | ((asked: ApprovalRequest) => MockApproval)
  /** Abort it to see how a workflow takes its cancellation. */
  signal?: AbortSignal
  executionId?: string
  /** `ctx.workflowName` for code that is called without its workflow. While a workflow runs with this context it has that one's name. */
  workflowName?: string
  /** Waits between attempts. Default: does not wait. The waits are in `ctx.waits` either way. */
  wait?: (ms: number) => Promise<void>
  /** From 0 up to 1, for the jitter of waits. Default 1: the longest. */
  random?: () => number
}

/** How people decide: yes or no, nothing until it has expired, or a decision with what is said. */
export type MockApproval = boolean | 'expired' | { approved: boolean; by?: Caller; comment?: string }

/** A full context in memory, and everything that was done with it. Masks nothing: tests see what was written. */
export type MockContext = Context & {
  /** In order. */
  readonly logs: { level: LogLevel; message: string; data?: JsonObject }[]
  /** Of `ctx.step` and of recorded client methods, in the order they began. */
  readonly steps: readonly StepRecord[]
  readonly progressReports: { done: number; total?: number; message?: string }[]
  /** Of each `ctx.approve` that was answered, in order. */
  readonly approvals: readonly { asked: ApprovalRequest; answer: ApprovalAnswer }[]
  /** Milliseconds of each `ctx.sleep`, none of which waited. */
  readonly sleeps: number[]
  /** Milliseconds before each further attempt of a step. */
  readonly waits: number[]
  /** Of each `ctx.reportMappingHealth`, in order. */
  readonly healthReports: { mappingId: string; problems: readonly MappingProblem[] }[]
  /** All mappings as they are now, deleted ones included. */
  readonly mappings: readonly SavedMapping[]
  /**
   * Runs author code until its process is lost at that step, and then again from its beginning, as an execution does: with what was
   * recorded, and with the same mappings. What the code waited for when it crashed is never answered, and `ctx.signal` is aborted then,
   * so that requests under way end. `run` gets a context of its own each time; what happened is in this one.
   *
   * @example await ctx.replayAfterCrash((ctx) => reportTicket(ctx, { subject }), { step: 1 })
   * @returns what the second run returns
   * @throws Error where the code ended without so many steps
   */
  replayAfterCrash<Result>(run: (ctx: Context) => Promise<Result> | Result, at: CrashPoint): Promise<Result>
}
