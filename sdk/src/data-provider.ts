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
  isRecord,
  maxCacheSeconds,
  shown,
} from './definition-checks.ts'
import { validationFailed } from './error-messages.ts'
import type { JsonObject } from './json.ts'
import { noteMade } from './made-definitions.ts'
import { checkClosedFields } from './offered-parameters.ts'
import { tellParameters } from './parsed-parameters.ts'
import { checkResult } from './result-checks.ts'
import type { NoParameters, ParameterArguments } from './workflow.ts'

const dataProviderBrand: unique symbol = Symbol.for('crosswalk.data_provider')

/** One choice in a form field. */
export type DataProviderOption = {
  /** What the person sees. */
  label: string
  /** What the workflow gets. */
  value: string | number | boolean
  /** Shown beside the label or used by the form. */
  metadata?: JsonObject | undefined
}

/** What an author says about a data provider. */
export type DataProviderOptions<Parameters extends z.ZodObject = z.ZodObject> = {
  /** Unique; `^[a-z][a-z0-9_]{0,49}$`. Parameters refer to it with `.meta({ dataProvider: name })`, and with `closed: true` take no other value. */
  name: string
  /** Which options it gives. 1 to 500 characters. */
  description: string
  /** Default `General`. */
  category?: string
  /** `z.object({ … })`. Default: no parameters. */
  parameters?: Parameters
  /** How long its answer is good for one organization and the same parameters. At most a year. Default 0: asked every time. */
  cacheSeconds?: number
  /** Default: the platform's. */
  timeoutMs?: number
}

/** The options as frozen data, defaults filled in. What the platform publishes. */
export type DataProviderDefinition<Parameters extends z.ZodObject = z.ZodObject> = {
  readonly kind: 'data_provider'
  readonly name: string
  readonly description: string
  readonly category: string
  readonly parameters: Parameters
  readonly cacheSeconds: number
  readonly timeoutMs?: number
}

/** A defined data provider. Call it with a context and parameters. */
export type DataProvider<Parameters extends z.ZodObject = z.ZodObject> = {
  /** @throws validation_failed when the parameters do not fit the schema. */
  (ctx: Context, ...parameters: ParameterArguments<Parameters>): Promise<DataProviderOption[]>
  readonly definition: DataProviderDefinition<Parameters>
}

/**
 * Defines a data provider: a function that answers "which options?" for a form field, for one organization.
 * Export it from a file in `data-providers/`.
 *
 * @example
 * ```ts
 * export const listSites = dataProvider(
 *   { name: 'list_sites', description: 'Sites of the organization.' },
 *   async (ctx) => (await (await ctx.getIntegration(Ninja)).listSites()).map((site) => ({ label: site.name, value: site.id })),
 * )
 * ```
 * @throws TypeError for a bad name, description or other option, when the file is loaded.
 */
export function dataProvider<Parameters extends z.ZodObject = NoParameters>(
  options: DataProviderOptions<Parameters>,
  run: (ctx: Context, parameters: z.output<Parameters>) => Promise<DataProviderOption[]> | DataProviderOption[],
): DataProvider<Parameters> {
  const definition = defineDataProvider(options)
  const owner = `data provider '${definition.name}'`
  checkFunction(owner, run)
  const callable = async (ctx: Context, parameters?: unknown): Promise<DataProviderOption[]> => {
    const parsed = await definition.parameters.safeParseAsync(parameters ?? {})
    if (!parsed.success) throw validationFailed(`parameters of the ${owner}`, parsed.error, 'parameters')
    await checkClosedFields(ctx, definition, parameters ?? {})
    tellParameters(ctx, definition, parsed.data)
    const answer = await withStepsAwaited(owner, ctx, () => run(ctx, parsed.data))
    checkAnswer(definition.name, answer)
    checkResult(owner, answer)
    return answer
  }
  Object.defineProperty(callable, 'name', { value: definition.name })
  const made = Object.freeze(Object.assign(callable, { definition, [dataProviderBrand]: true }))
  noteMade(made)
  return made
}

/** Whether it came from `dataProvider()` of any copy of this package. */
export function isDataProvider(value: unknown): value is DataProvider {
  return typeof value === 'function' && dataProviderBrand in value && value[dataProviderBrand] === true
}

function defineDataProvider<Parameters extends z.ZodObject>(options: DataProviderOptions<Parameters>): DataProviderDefinition<Parameters> {
  checkOptions('data provider', options)
  // Read once: what was checked is what is kept.
  const { name, description, category = 'General', parameters: given, cacheSeconds = 0, timeoutMs } = options
  checkName('data provider', name)
  const owner = `data provider '${name}'`
  checkDescription(owner, description)
  checkWord(owner, 'category', category)
  // Only reached when Parameters is its default, which is the type of exactly this schema.
  const parameters = given ?? (z.object({}) as unknown as Parameters)
  checkObjectSchema(owner, 'parameters', parameters)
  checkWhole(owner, 'cacheSeconds', cacheSeconds, 0, maxCacheSeconds)
  if (timeoutMs !== undefined) checkTimeout(owner, 'timeoutMs', timeoutMs)
  return Object.freeze({
    kind: 'data_provider',
    name,
    description,
    category,
    parameters,
    cacheSeconds,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
}

/** The answer goes into a form as it is, so a wrong one is named where it was made. */
function checkAnswer(name: string, answer: unknown): void {
  if (!Array.isArray(answer))
    throw new TypeError(`The data provider '${name}' must return a list of { label, value }; got ${shown(answer)}.`)
  const wrong = answer.findIndex(
    (option) => !isRecord(option) || typeof option.label !== 'string' || !['string', 'number', 'boolean'].includes(typeof option.value),
  )
  if (wrong >= 0) throw new TypeError(`The data provider '${name}' returned an option without label and value, at position ${wrong}.`)
}
