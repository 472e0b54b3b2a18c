import { z } from 'zod'
import { withStepsAwaited } from './awaited-steps.ts'
import type { Context } from './context.ts'
import {
  checkDescription,
  checkFunction,
  checkName,
  checkObjectSchema,
  checkOptions,
  checkTimeout,
  checkWhole,
  checkWord,
  checkWords,
  definitionInvalid,
  isRecord,
  maxConcurrency,
  maxDeadlineMs,
  shown,
} from './definition-checks.ts'
import { validationFailed } from './error-messages.ts'
import { noteMade } from './made-definitions.ts'
import { checkClosedFields } from './offered-parameters.ts'
import { tellParameters } from './parsed-parameters.ts'
import { checkResult } from './result-checks.ts'
import { runAsWorkflow } from './running-workflow.ts'
import { checkSchedule, type Schedule, type ScheduleOptions } from './schedule.ts'

const workflowBrand: unique symbol = Symbol.for('crosswalk.workflow')

/** A zod object without fields: the parameters of what takes none. */
export type NoParameters = z.ZodObject<Record<never, never>>

/** How many executions of a workflow run at once, on all workers together. What is left out is not limited. */
export type Concurrency = {
  /** For one organization. 1 where two runs would be in each other's way. */
  readonly perOrganization?: number | undefined
  /** For all organizations together: what the vendor bears. */
  readonly total?: number | undefined
}

/** What an author says about a workflow. */
export type WorkflowOptions<Parameters extends z.ZodObject = z.ZodObject> = {
  /** Unique; `^[a-z][a-z0-9_]{0,49}$`. Executions refer to it. */
  name: string
  /** What people read in place of the name, in lists and forms. It may change at any time: nothing refers to it. Default: the name. */
  displayName?: string
  /** What it does, for the person who runs it. 1 to 500 characters. */
  description: string
  /**
   * `customers`: every customer's user whose grant names no workflows may send it as a form, for their own organization. Default: it is
   * offered to those alone whose grants name it.
   */
  offeredTo?: 'customers'
  /** Where it stands in lists. Default `General`. */
  category?: string
  tags?: readonly string[]
  /** `z.object({ … })`; the form is made from it. Default: no parameters. */
  parameters?: Parameters
  /** An execution that runs for longer ends with status `timeout`. Waits of 30 seconds and more do not count. At most 24 days. Default: the platform's. */
  timeoutMs?: number
  /** An execution that takes longer from its start, waits included, ends with status `timeout`. Default: no limit. */
  deadlineMs?: number
  /** When it runs on its own, and for which organizations. Its parameters need defaults then, or values that an administrator sets. */
  schedule?: ScheduleOptions
  /** Executions of it that run at once; more wait their turn. Default: no limit of its own. */
  concurrency?: Concurrency
}

/** The options as frozen data, defaults filled in. What the platform publishes. */
export type WorkflowDefinition<Parameters extends z.ZodObject = z.ZodObject> = {
  readonly kind: 'workflow'
  readonly name: string
  /** Not there where the name is what people read. */
  readonly displayName?: string
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  readonly offeredTo?: 'customers'
  readonly parameters: Parameters
  readonly timeoutMs?: number
  readonly deadlineMs?: number
  readonly schedule?: Schedule
  readonly concurrency?: Concurrency
}

/** Parameters as the second argument; it may be left out when no field is required. */
export type ParameterArguments<Parameters extends z.ZodObject> =
  Record<never, never> extends z.input<Parameters> ? [parameters?: z.input<Parameters>] : [parameters: z.input<Parameters>]

/** A defined workflow. Call it with a context and parameters: that is how the runner and tests run it. */
export type Workflow<Parameters extends z.ZodObject = z.ZodObject, Result = unknown> = {
  /**
   * @throws validation_failed when the parameters do not fit the schema; the function is not called then.
   * @throws step_not_awaited, result_not_serializable when it returned before its work was done, or what is no JSON.
   */
  (ctx: Context, ...parameters: ParameterArguments<Parameters>): Promise<Result>
  readonly definition: WorkflowDefinition<Parameters>
}

/**
 * Defines a workflow: a function that runs durably for one organization. Export it from a file in `workflows/`.
 *
 * Outside of steps it must be deterministic, since it runs again from its beginning after a crash, with the results of
 * completed steps read back. What it returns must be JSON.
 *
 * @example
 * ```ts
 * export const greet = workflow(
 *   { name: 'greet', description: 'Says hello.', parameters: z.object({ whom: z.string() }) },
 *   async (ctx, { whom }) => { await ctx.log('info', `Hello ${whom}`); return { whom } },
 * )
 * ```
 * @throws TypeError for a bad name, description or other option, when the file is loaded.
 */
export function workflow<Result, Parameters extends z.ZodObject = NoParameters>(
  options: WorkflowOptions<Parameters>,
  run: (ctx: Context, parameters: z.output<Parameters>) => Promise<Result> | Result,
): Workflow<Parameters, Result> {
  const definition = defineWorkflow(options)
  const owner = `workflow '${definition.name}'`
  checkFunction(owner, run)
  const callable = async (ctx: Context, parameters?: unknown): Promise<Result> => {
    const parsed = await definition.parameters.safeParseAsync(parameters ?? {})
    if (!parsed.success) throw validationFailed(`parameters of the ${owner}`, parsed.error, 'parameters')
    await checkClosedFields(ctx, definition, parameters ?? {})
    tellParameters(ctx, definition, parsed.data)
    const result = await runAsWorkflow(ctx, definition.name, () => withStepsAwaited(owner, ctx, () => run(ctx, parsed.data)))
    checkResult(owner, result)
    return result
  }
  Object.defineProperty(callable, 'name', { value: definition.name })
  const made = Object.freeze(Object.assign(callable, { definition, [workflowBrand]: true }))
  noteMade(made)
  return made
}

/** Whether it came from `workflow()` of any copy of this package. */
export function isWorkflow(value: unknown): value is Workflow {
  return typeof value === 'function' && workflowBrand in value && value[workflowBrand] === true
}

function defineWorkflow<Parameters extends z.ZodObject>(options: WorkflowOptions<Parameters>): WorkflowDefinition<Parameters> {
  checkOptions('workflow', options)
  // Read once: what was checked is what is kept.
  const { name, displayName, description, category = 'General', tags = [], parameters: given, offeredTo } = options
  const { timeoutMs, deadlineMs, schedule, concurrency } = options
  checkName('workflow', name)
  const owner = `workflow '${name}'`
  if (displayName !== undefined) checkWord(owner, 'displayName', displayName)
  checkDescription(owner, description)
  checkWord(owner, 'category', category)
  checkOffer(owner, offeredTo)
  const words = checkWords(owner, 'tag', tags)
  // Only reached when Parameters is its default, which is the type of exactly this schema.
  const parameters = given ?? (z.object({}) as unknown as Parameters)
  checkObjectSchema(owner, 'parameters', parameters)
  if (timeoutMs !== undefined) checkTimeout(owner, 'timeoutMs', timeoutMs)
  if (deadlineMs !== undefined) checkWhole(owner, 'deadlineMs', deadlineMs, 1, maxDeadlineMs)
  return Object.freeze({
    kind: 'workflow',
    name,
    ...(displayName === undefined ? {} : { displayName }),
    description,
    category,
    tags: words,
    ...(offeredTo === undefined ? {} : { offeredTo }),
    parameters,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(schedule === undefined ? {} : { schedule: checkSchedule(owner, schedule) }),
    ...(concurrency === undefined ? {} : { concurrency: checkConcurrency(owner, concurrency) }),
  })
}

function checkOffer(owner: string, offeredTo: unknown): void {
  if (offeredTo === undefined || offeredTo === 'customers') return
  throw definitionInvalid(
    `The ${owner} has the offeredTo ${shown(offeredTo)}; it must be 'customers', or left out: then grants offer it by its name.`,
  )
}

function checkConcurrency(owner: string, concurrency: unknown): Concurrency {
  const { perOrganization, total, ...rest } = isRecord(concurrency) ? concurrency : { unknown: concurrency }
  if (Object.keys(rest).length > 0) {
    throw definitionInvalid(
      `The ${owner} has the concurrency ${shown(concurrency)}; it must be { perOrganization?: number, total?: number }.`,
    )
  }
  if (perOrganization !== undefined) checkWhole(owner, 'concurrency.perOrganization', perOrganization, 1, maxConcurrency)
  if (total !== undefined) checkWhole(owner, 'concurrency.total', total, 1, maxConcurrency)
  return Object.freeze({ ...(perOrganization === undefined ? {} : { perOrganization }), ...(total === undefined ? {} : { total }) })
}
