import { isRecord, shown } from './definition-checks.ts'
import { ValidationError } from './errors.ts'
import { type IntegrationClass, isIntegrationClass } from './integration.ts'
import { type RetryOptions, retryPolicy } from './retry.ts'

// What author code hands to its context is checked by every implementation of the context with these, before anything is done.

const maxStepNameChars = 200

/** Names of secrets and config values. */
export const keyPattern = /^[A-Za-z][A-Za-z0-9_.-]{0,126}$/

/** @throws TypeError for a name, a function or a retry that makes no sense. */
export function checkStep(name: unknown, run: unknown, retry: unknown): void {
  if (typeof name !== 'string' || name === '' || name.length > maxStepNameChars)
    throw new TypeError(`A step needs a name of 1 to ${maxStepNameChars} characters; got ${shown(name)}.`)
  if (typeof run !== 'function') throw new TypeError(`The step '${name}' needs a function, such as async () => …; got ${shown(run)}.`)
  if (retry === undefined) return
  if (!isRecord(retry)) throw new TypeError(`The retry of the step '${name}' is { maxAttempts, … }; got ${shown(retry)}.`)
  retryPolicy(retry as RetryOptions) // its values are checked there
}

/** Ten years: what sleeps for longer is a mistake in its unit, and its end is no date that programs can read. */
const maxSleepMs = 3_652 * 86_400_000

/** @throws TypeError for what is no time. */
export function checkSleep(ms: unknown): void {
  if (!(typeof ms === 'number' && Number.isFinite(ms) && ms >= 0))
    throw new TypeError(`sleep needs milliseconds of zero or more; got ${shown(ms)}.`)
  if (ms > maxSleepMs) throw new TypeError(`sleep takes at most ten years (${maxSleepMs} milliseconds); got ${shown(ms)}.`)
}

const logLevels: readonly unknown[] = ['debug', 'info', 'warn', 'error']

/** @throws TypeError for a level that there is not. */
export function checkLevel(level: unknown): void {
  if (!logLevels.includes(level))
    throw new TypeError(`log(level, message) needs the level debug, info, warn or error; got ${shown(level)}.`)
}

/** @throws TypeError for what is no number of things done. */
export function checkProgress(done: unknown, total: unknown): void {
  for (const [name, value] of [['done', done] as const, ...(total === undefined || total === null ? [] : [['total', total] as const])]) {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) continue
    if (typeof value === 'bigint')
      throw new TypeError(`progress(done, total?, message?) needs numbers; ${name} is a BigInt. Write Number(${name}).`)
    throw new TypeError(`progress(done, total?, message?) needs numbers of zero or more; got ${shown(value)} for ${name}.`)
  }
}

const maxTitleChars = 200
const approvalKeys = ['title', 'message', 'details', 'approvers', 'allowRequester', 'expiresInMs', 'required']

/** @throws TypeError for what nobody could decide. */
export function checkApproval(request: unknown): void {
  if (!isRecord(request)) throw new TypeError(`approve({ title, … }) needs what is to be decided; got ${shown(request)}.`)
  const { title, message, approvers, expiresInMs } = request
  if (typeof title !== 'string' || title.trim() === '' || title.length > maxTitleChars)
    throw new TypeError(`approve({ title, … }) needs a title of 1 to ${maxTitleChars} characters; got ${shown(title)}.`)
  if (!(message === undefined || message === null || typeof message === 'string'))
    throw new TypeError(`The \`message\` of an approval is text; got ${shown(message)}.`)
  if (!(approvers === undefined || isRecord(approvers)))
    throw new TypeError(`The \`approvers\` of an approval are { people, roles, customer }; got ${shown(approvers)}.`)
  if (!(expiresInMs === undefined || (typeof expiresInMs === 'number' && expiresInMs >= 1_000)))
    throw new TypeError(`\`expiresInMs\` of an approval is milliseconds, a second or more; got ${shown(expiresInMs)}.`)
  for (const flag of ['allowRequester', 'required'] as const)
    if (!(request[flag] === undefined || typeof request[flag] === 'boolean'))
      throw new TypeError(`\`${flag}\` of an approval is true or false; got ${shown(request[flag])}.`)
  // A misspelt option would let others decide than the author means.
  const unknown = Object.keys(request).find((key) => !approvalKeys.includes(key))
  if (unknown !== undefined) throw new TypeError(`approve has no option \`${unknown}\`; it has ${approvalKeys.join(', ')}.`)
}

const maxProblems = 20
const maxProblemChars = 1_000

/** @throws TypeError for what people could not read on a dashboard. */
export function checkProblems(problems: unknown): void {
  if (!Array.isArray(problems) || problems.length > maxProblems)
    throw new TypeError(`reportMappingHealth(mappingId, problems) needs a list of at most ${maxProblems} problems; got ${shown(problems)}.`)
  for (const each of problems as unknown[]) {
    const { problem, remedy, repairUrl, code, dueAt }: Record<string, unknown> = isRecord(each) ? each : {}
    if (typeof problem !== 'string' || problem.trim() === '')
      throw new TypeError(`A problem needs a sentence in \`problem\`; got ${shown(each)}.`)
    const texts = [problem, remedy, repairUrl, code, dueAt].filter((text) => text !== undefined && text !== null)
    if (!texts.every((text) => typeof text === 'string' && text.length <= maxProblemChars))
      throw new TypeError(`A problem has texts of at most ${maxProblemChars} characters; got ${shown(each)}.`)
    if (typeof repairUrl === 'string' && !/^https?:$/.test(URL.parse(repairUrl)?.protocol ?? ''))
      throw new TypeError(`\`repairUrl\` of a problem is the address of a page; got ${shown(repairUrl)}.`)
    if (typeof dueAt === 'string' && Number.isNaN(Date.parse(dueAt)))
      throw new TypeError(`\`dueAt\` of a problem is an ISO time; got ${shown(dueAt)}.`)
  }
}

/** @throws validation_failed for a key that nothing can be stored under. */
export function checkKey(kind: 'secret' | 'config value', key: unknown): void {
  if (typeof key === 'string' && keyPattern.test(key)) return
  const problem = 'must begin with a letter and have at most 127 letters, digits, underscores, dots and hyphens'
  throw new ValidationError(`The key of a ${kind} ${problem}; got ${shown(key)}.`, { key: [problem] })
}

/** The name of an integration that is given by its name or class. @throws TypeError for anything else. */
export function integrationNameOf(integration: string | IntegrationClass): string {
  if (typeof integration === 'string') return integration
  if (isIntegrationClass(integration)) return integration.integrationName
  throw new TypeError(
    `An integration is given by its name or by its class; got ${shown(integration)}. Import the class from its file in integrations/.`,
  )
}
