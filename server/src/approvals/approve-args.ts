import { z } from 'zod'
import type { RequestContext } from '../engine/state/requests.ts'
import { platformError } from '../platform/errors.ts'
import { lineOfText, readableText, turningProblem, turnsDirection } from '../platform/http/text.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Approval, Approvers } from './approval.ts'

const dayMs = 24 * 60 * 60_000
const maxTitleChars = 200
const maxMessageChars = 4_000
const maxDetailsBytes = 16 * 1024
/** Nobody is asked for ever: an execution that nobody remembers ends by itself. */
const defaultExpiryMs = 30 * dayMs
const maxExpiryMs = 366 * dayMs

const approvers = z
  .strictObject({
    people: z.array(z.email().max(320)).max(50).default([]),
    roles: z
      .array(z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be the name of a role'))
      .max(20)
      .default([]),
    customer: z.boolean().default(false),
  })
  .refine(({ people, roles, customer }) => people.length > 0 || roles.length > 0 || customer, 'must name people, roles or the customer')

/** As the code gave it: spelled in another way, a secret in it would not be known again. */
const rawTitle = z.string().superRefine((given, context) => {
  for (const { message } of lineOfText(maxTitleChars).safeParse(given).error?.issues ?? []) context.addIssue({ code: 'custom', message })
})

/** Why people cannot be shown these details. */
function problemOf(details: unknown): string | undefined {
  if (Buffer.byteLength(JSON.stringify(details)) > maxDetailsBytes) return `must be at most ${maxDetailsBytes} bytes as JSON`
  const waiting = [details]
  for (const value of waiting) {
    if (typeof value === 'string' && turnsDirection(value)) return turningProblem
    if (value === null || typeof value !== 'object') continue
    for (const [name, inner] of Object.entries(value)) {
      // Programs that copy it would lose it, and who decides would not see it.
      if (name === '__proto__') return 'must not have a member named __proto__: give it another name'
      waiting.push(name, inner)
    }
  }
  return undefined
}

/** What came as JSON, and is kept as it is. */
const details = z.unknown().superRefine((given, context) => {
  const message = problemOf(given)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

export const approveArgs = z.strictObject({
  title: rawTitle,
  message: readableText(maxMessageChars).nullish(),
  details: details.nullish(),
  approvers: approvers.nullish(),
  allowRequester: z.boolean().default(false),
  expiresInMs: z.number().min(1_000).max(maxExpiryMs).default(defaultExpiryMs),
})

type ApproveArgs = z.output<typeof approveArgs>

/**
 * What people are shown of it, without secrets that the execution has read.
 *
 * @throws validation_failed - who is asked holds one: masked, it would ask nobody.
 */
export function shownOf(
  { withoutSecrets, holdsSecret }: Pick<RequestContext, 'withoutSecrets' | 'holdsSecret'>,
  args: ApproveArgs,
): Pick<Approval, 'title' | 'message' | 'details' | 'approvers'> {
  // Masked before it is cut: a secret that is cut in two is not known again.
  const { title, message, details } = withoutSecrets({
    title: args.title,
    message: args.message ?? null,
    details: (args.details ?? null) as JsonValue, // an argument of a request is JSON
  })
  return {
    title: spelledOnce(title.trim(), withoutSecrets).slice(0, maxTitleChars).toWellFormed(),
    message: message?.slice(0, maxMessageChars).toWellFormed() ?? null,
    details,
    approvers: args.approvers ? approversOf(args.approvers, holdsSecret) : null,
  }
}

/** What is no secret as it was given may be one when its letters with accents are spelled in another way: so it is masked in each. */
function spelledOnce(title: string, withoutSecrets: RequestContext['withoutSecrets']): string {
  return withoutSecrets(withoutSecrets(title.normalize('NFD')).normalize('NFC'))
}

function approversOf(given: Approvers, holdsSecret: RequestContext['holdsSecret']): Approvers {
  const people = given.people.map((email) => email.toLowerCase())
  const problem = 'must not hold a secret that the execution has read'
  for (const [name, texts] of [
    ['people', [...given.people, ...people]],
    ['roles', given.roles],
  ] as const)
    if (holdsSecret(texts)) throw platformError('validation_failed', { [`approvers.${name}`]: [problem] }, `approvers.${name} ${problem}.`)
  return { ...given, people }
}
