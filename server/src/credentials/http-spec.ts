import { z } from 'zod'
import { platformError } from '../platform/errors.ts'
import { valueKey } from '../values/value-scope.ts'

// What `context.http` was told, as the platform takes it. A runner that author code has taken over may say anything here.

const text = z.string().max(2_000)
const secretRef = z.strictObject({ secret: valueKey })
const configRef = z.strictObject({ config: valueKey, default: text.optional() })
const textValue = z.union([text, configRef])
const credentialValue = z.union([text, configRef, secretRef])
/** RFC 9110: what a header may be called. */
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'is no name of a header')
/** What says where a request goes and how long it is belongs to the gateway. */
const credentialHeader = headerName.refine(
  (name) => !/^(host|content-length|transfer-encoding|connection|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i.test(name),
  'is a header that no credential stands in',
)
const fieldName = z.string().min(1).max(200)
const prefix = z.string().max(100)
const path = z.string().min(1).max(200)

const atMost = (count: number) => (given: object, context: z.RefinementCtx) => {
  if (Object.keys(given).length > count) context.addIssue(`has more than ${count} entries`)
}
const fields = z.record(fieldName, credentialValue).superRefine(atMost(50))
const queryFields = z.record(fieldName, textValue).superRefine(atMost(20))

const basic = z.strictObject({ username: credentialValue, password: credentialValue })

const oauth2 = z.strictObject({
  grant: z.enum(['client_credentials', 'password', 'refresh_token']),
  tokenUrl: textValue,
  clientId: credentialValue,
  clientSecret: credentialValue.optional(),
  username: credentialValue.optional(),
  password: credentialValue.optional(),
  refreshToken: secretRef.optional(),
  scope: textValue.optional(),
  clientIn: z.enum(['fields', 'basic']).optional(),
  fields: fields.optional(),
  query: queryFields.optional(),
  tenant: textValue.optional(),
})

const token = z.strictObject({
  url: textValue,
  method: z.enum(['GET', 'POST', 'PUT']).optional(),
  json: fields.optional(),
  form: fields.optional(),
  headers: z.record(credentialHeader, credentialValue).superRefine(atMost(20)).optional(),
  basic: basic.optional(),
  query: queryFields.optional(),
  tenant: textValue.optional(),
  answer: z.strictObject({ token: path, expiresIn: path.optional(), expiresAt: path.optional() }),
  use: z.strictObject({ header: credentialHeader, prefix: prefix.optional() }).optional(),
})

/** By the field that says which form it is, so that what is wrong is told of that form. */
const forms = {
  header: z.strictObject({ header: credentialHeader, value: credentialValue, prefix: prefix.optional() }),
  headers: z.strictObject({ headers: z.record(credentialHeader, credentialValue).superRefine(atMost(20)) }),
  query: z.strictObject({ query: fieldName, value: credentialValue }),
  basic: z.strictObject({ basic }),
  bearer: z.strictObject({ bearer: secretRef }),
  oauth2: z.strictObject({ oauth2 }),
  token: z.strictObject({ token }),
  connection: z.strictObject({ connection: z.string().min(1).max(100), mapping: z.string().min(1).max(100).optional() }),
} as const
type FormName = keyof typeof forms

const auth = z.unknown().transform((given, context): z.output<(typeof forms)[FormName]> => {
  const name = (Object.keys(forms) as FormName[]).find((form) => typeof given === 'object' && given !== null && Object.hasOwn(given, form))
  if (!name) {
    context.addIssue(`must be one of ${Object.keys(forms).join(', ')}`)
    return z.NEVER
  }
  const parsed = forms[name].safeParse(given)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
  return z.NEVER
})

const limit = z.union([
  z.strictObject({
    requests: z.int().min(1).max(10_000_000),
    perMs: z
      .int()
      .min(1)
      .max(31 * 86_400_000),
    window: z.enum(['sliding', 'fixed']).optional(),
    share: z.number().gt(0).max(1).optional(),
  }),
  z.strictObject({ parallel: z.int().min(1).max(10_000) }),
])

const httpSpec = z.strictObject({
  baseUrl: textValue,
  auth: auth.nullable(),
  limits: z.array(limit).max(10),
  freshToken: z.boolean().optional(),
  name: z.string().max(100).optional(),
  /** Whose code asks, as the runner says. */
  integration: z.string().max(100).optional(),
})

export type SecretRef = z.output<typeof secretRef>
export type ConfigRef = z.output<typeof configRef>
export type TextValue = z.output<typeof textValue>
export type CredentialValue = z.output<typeof credentialValue>
export type OAuth2Spec = z.output<typeof oauth2>
export type TokenSpec = z.output<typeof token>
export type BasicSpec = z.output<typeof basic>
export type AuthSpec = z.output<typeof auth>
export type HttpSpec = z.output<typeof httpSpec>

const optionAt = (path: readonly PropertyKey[]): string => path.join('.')

/** @throws validation_failed, in words that name the option */
export function parseHttpSpec(given: unknown): HttpSpec {
  const parsed = httpSpec.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalidOptions(parsed.error.issues.map(({ path, message }) => [optionAt(path), message]))
}

/** Options of `context.http` that do not fit, by name. */
export function invalidOptions(problems: readonly (readonly [option: string, message: string])[]): Error {
  const details: Record<string, string[]> = {}
  for (const [option, message] of problems) details[option || 'options'] = [...(details[option || 'options'] ?? []), message]
  const [[option = '', message = ''] = []] = problems
  return platformError('validation_failed', details, `The options of context.http are not valid: ${option || 'options'}: ${message}.`)
}
