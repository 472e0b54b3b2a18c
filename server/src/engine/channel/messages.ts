import type { ErrorData } from '@crosswalk/sdk'
import { boundErrorData } from '@crosswalk/sdk/error-data'
import { toPlainJson } from '@crosswalk/sdk/plain-json'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import { z } from 'zod'
import type { DefinitionProblem, ProcessMessage, PublishedDefinition, SessionMessage } from '../../protocol/channel.ts'
import { isWithinDepth } from '../../protocol/depth.ts'
import { ProtocolViolation } from '../../protocol/frames.ts'
import { maxChars, maxMarksChars, maxTextChars } from '../../protocol/message-sizes.ts'
import { maxWireDepth, parseWire } from '../../protocol/wire-json.ts'

// The form of everything that a runner may say. Author code runs in it: nothing else sees a message before it was held to this.

/** Of a step, a call or a file, in characters. */
const maxNameChars = 65_536

const count = z
  .int()
  .min(0)
  .max(2 ** 31)
const text = (maxChars: number) => z.string().max(maxChars)
/** Bounded rather than refused: it is read by people. */
const message = z.string().transform((given) => shortened(given, maxTextChars))
const error = z.custom<ErrorData>((given) => typeof given === 'object' && given !== null).transform((given) => boundErrorData(given))
const outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error }),
])
/** Infinite too. */
const amount = z.custom<number>((given) => typeof given === 'number' && given >= 0)
const retry = z
  .strictObject({
    maxAttempts: amount,
    initialDelayMs: amount,
    maxDelayMs: amount,
    maxRetryAfterMs: amount,
    factor: amount,
    jitter: z.boolean(),
    retries: z.enum(['refused', 'failed']),
  })
  .optional()
/** By the clock of a process that author code may have set. */
const durationMs = z.unknown().transform((given) => (typeof given === 'number' && given >= 0 && given < 1e15 ? given : 0))
const timeMs = z.unknown().transform((given) => (typeof given === 'number' && Math.abs(given) < 8e15 ? given : Date.now()))
/** JSON and nothing more: a big integer or a map in it would throw where it is written as JSON. */
const jsonObject = z.unknown().transform((given, context) => {
  const made = toPlainJson(given)
  if ('json' in made && typeof made.json === 'object' && made.json !== null && !Array.isArray(made.json)) return made.json
  context.addIssue('It is no JSON object.')
  return z.NEVER
})

const readable = z
  .unknown()
  .transform((given) => (given === undefined ? undefined : readableData(given)))
  .optional()

/** What each type of message holds. */
const sessionForms = {
  started: form({ parameters: jsonObject }),
  ask: form({ number: count, request: text(100), args: z.unknown(), isInStep: z.boolean() }),
  step: form({ number: count, name: text(maxNameChars), fingerprint: text(100), retry, args: readable }),
  performed: form({ number: count, attempt: count, outcome, isPlain: z.boolean(), hasCalls: z.boolean() }),
  call: form({
    number: count,
    attempt: count,
    index: count,
    name: text(maxNameChars),
    startedAtMs: timeMs,
    end: z.strictObject({ durationMs, error: error.nullable() }).nullable(),
  }),
  log: form({
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message,
    data: readable,
    isInStep: z.boolean(),
  }),
  waiting: form({ ms: durationMs }),
  progress: form({
    done: z.number(),
    total: z.number().nullish().transform(orUndefined),
    message: message.nullish().transform(orUndefined),
  }),
  ended: form({ outcome }),
  probed: form({ isIdle: z.boolean() }),
} as const satisfies Record<SessionMessage['type'], z.ZodType>

const problem = z.strictObject({
  kind: z.enum(['integration', 'workflow', 'data_provider']),
  file: z.string(),
  reason: z.string(),
  isWarning: z.boolean().optional(),
})
const processForms = {
  loading: form({ file: text(maxNameChars) }),
  loaded: form({
    // Each is checked by itself where it is published: what is wrong is a problem of its file.
    definitions: z.array(jsonObject as unknown as z.ZodType<PublishedDefinition>).max(20_000),
    problems: z.array(problem as unknown as z.ZodType<DefinitionProblem>).max(20_000),
    codeVersion: text(100),
    marks: text(maxMarksChars),
    exportNames: z.array(text(maxNameChars)).max(20_000),
  }),
  unchanged: form({}),
  pong: form({ number: count }),
} as const satisfies Record<ProcessMessage['type'], z.ZodType>

function form<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ type: z.string(), ...shape })
}

function orUndefined<Value>(value: Value | null | undefined): Value | undefined {
  return value ?? undefined
}

/** The type stands first, so that it is known before anything is parsed. */
const typePattern = /^\{"type":"([a-z]{1,20})"[,}]/

/** @throws ProtocolViolation */
export function readSessionMessage(json: string): SessionMessage {
  return readMessage(sessionForms, json) as SessionMessage // held to its schema
}

/** @throws ProtocolViolation */
export function readProcessMessage(json: string): ProcessMessage {
  return readMessage(processForms, json) as ProcessMessage // held to its schema
}

function readMessage(forms: Readonly<Record<string, z.ZodType>>, json: string): unknown {
  const type = typePattern.exec(json.slice(0, 40))?.[1]
  const found = type !== undefined && Object.hasOwn(forms, type) ? forms[type] : undefined
  if (type === undefined || !found) throw new ProtocolViolation('A message has no type that is known.')
  if (json.length > maxChars[type as keyof typeof maxChars])
    throw new ProtocolViolation(`A message of the type ${type} is ${json.length} characters long.`)
  if (!isWithinDepth(json, maxWireDepth))
    throw new ProtocolViolation(`A message of the type ${type} is nested more than ${maxWireDepth} deep.`)
  const parsed = found.safeParse(parsedJson(json, type))
  // Of what is wrong only where: its values may be secrets.
  if (!parsed.success) throw new ProtocolViolation(`A message of the type ${type} is not of its form, at ${placeOf(parsed.error)}.`)
  // A later member of that name would replace the first.
  if ((parsed.data as { type: string }).type !== type)
    throw new ProtocolViolation(`A message of the type ${type} names another type as well.`)
  return parsed.data
}

function parsedJson(json: string, type: string): unknown {
  try {
    return parseWire(json)
  } catch {
    throw new ProtocolViolation(`A message of the type ${type} is no JSON.`)
  }
}

function placeOf({ issues }: z.ZodError): string {
  return shortened(issues[0]?.path.map(String).join('.') || 'its top', 100)
}
