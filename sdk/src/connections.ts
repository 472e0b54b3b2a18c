import { z } from 'zod'
import { definitionInvalid, isRecord, shown } from './definition-checks.ts'
import type { CredentialValue, SecretRef, TextValue } from './http-client/auth-options.ts'

/**
 * A connection that a person consents to at the vendor, by OAuth 2 (authorization code with PKCE). The platform keeps its tokens; code uses it
 * as `auth: { connection: 'name' }`.
 *
 * @example static connections = { account: { label: 'QuickBooks company', owner: 'organization', authorizeUrl: …, tokenUrl: …, … } }
 */
export type ConnectionDeclaration = {
  /** For people: `Microsoft 365 administrator`. */
  readonly label: string
  /** Whose it is: one for all, one for each organization, or one for each mapping. Nothing else ever stands in for it. Default `global`. */
  readonly owner?: 'global' | 'organization' | 'mapping'
  readonly authorizeUrl: TextValue
  readonly tokenUrl: TextValue
  /** Where the vendor ends a consent by its token (RFC 7009). It is asked when the connection is revoked. */
  readonly revokeUrl?: TextValue
  readonly clientId: CredentialValue
  readonly clientSecret?: SecretRef
  readonly scope?: string
  /** Whether id and secret of the client stand among the fields or in an `Authorization: Basic`. Default `fields`. */
  readonly clientIn?: 'fields' | 'basic'
  /** More parameters of the authorization URL, such as `prompt: 'consent'`. */
  readonly authorizeQuery?: Readonly<Record<string, string>>
  /** The field of the token answer, or parameter of the callback, that says which account was connected: `realmId`. */
  readonly externalId?: string
}

const text = z.string().min(1).max(2_000)
const key = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,126}$/)
const secret = z.strictObject({ secret: key })
const textValue = z.union([text, z.strictObject({ config: key, default: text.optional() })])
const declaration = z.strictObject({
  label: z.string().min(1).max(100),
  owner: z.enum(['global', 'organization', 'mapping']).default('global'),
  authorizeUrl: textValue,
  tokenUrl: textValue,
  revokeUrl: textValue.nullish().transform((given) => given ?? null),
  clientId: z.union([textValue, secret]),
  clientSecret: secret.nullish().transform((given) => given ?? null),
  scope: z
    .string()
    .max(2_000)
    .nullish()
    .transform((given) => given ?? null),
  clientIn: z.enum(['fields', 'basic']).default('fields'),
  authorizeQuery: z.record(z.string().min(1).max(100), z.string().max(1_000)).default({}),
  externalId: z
    .string()
    .min(1)
    .max(100)
    .nullish()
    .transform((given) => given ?? null),
})

export const maxConnections = 10
const namePattern = /^[a-z][a-z0-9_]{0,49}$/

/** As it is published: what `declaredConnections` made. */
export const declaredConnection = declaration.extend({ name: z.string().regex(namePattern) })

/** The same as {@link ConnectionDeclaration} with its name and all defaults, as it is published. */
export type DeclaredConnection = z.output<typeof declaredConnection>

/** @throws TypeError with the code `definition_invalid` */
export function declaredConnections(owner: string, given: unknown): readonly DeclaredConnection[] {
  if (given === undefined) return []
  if (!isRecord(given) || Object.keys(given).length > maxConnections)
    throw definitionInvalid(
      `The ${owner} has connections that are not at most ${maxConnections} of { name: { label, … } }: ${shown(given)}.`,
    )
  return Object.freeze(
    Object.entries(given).map(([name, declared]) => {
      if (!namePattern.test(name))
        throw definitionInvalid(`The ${owner} has a connection whose name does not match ${namePattern.source}: ${shown(name)}.`)
      const parsed = declaration.safeParse(declared)
      if (parsed.success) return { ...parsed.data, name }
      const [issue] = parsed.error.issues
      throw definitionInvalid(
        `The ${owner} has connections.${name}.${issue?.path.join('.') ?? ''} that will not do: ${issue?.message ?? ''}.`,
      )
    }),
  )
}
