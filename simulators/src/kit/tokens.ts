import { randomBytes } from 'node:crypto'
import type { VendorRequest } from '@crosswalk/sdk/testing'

/** Bearer tokens that expire, each with what it was given out for (a tenant, a scope). */
export type Tokens<Subject> = {
  /** Seconds, as token answers say it. */
  readonly lifetimeSeconds: number
  issue(subject: Subject): string
  /** What the bearer token of the request stands for; undefined without one, and for one that is unknown, expired or ended. */
  find(request: VendorRequest): Subject | undefined
  /** All tokens that were given out die. New ones work. */
  endAll(): void
}

export function createTokens<Subject>({ lifetimeSeconds, now }: { lifetimeSeconds: number; now: () => Date }): Tokens<Subject> {
  const issued = new Map<string, { subject: Subject; expiresAtMs: number }>()
  return {
    lifetimeSeconds,
    issue(subject) {
      const token = randomBytes(24).toString('base64url')
      issued.set(token, { subject, expiresAtMs: now().getTime() + lifetimeSeconds * 1_000 })
      return token
    },
    find({ headers }) {
      const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
      const found = token === undefined ? undefined : issued.get(token)
      return found && found.expiresAtMs > now().getTime() ? found.subject : undefined
    },
    endAll: () => issued.clear(),
  }
}

/** The fields of a form-encoded body, as token requests are. Empty for anything else. */
export function formOf({ body, headers }: VendorRequest): URLSearchParams {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return new URLSearchParams(isForm && typeof body === 'string' ? body : '')
}

/** User and password of Basic authentication; undefined without it. */
export function basicOf({ headers }: VendorRequest): { user: string; password: string } | undefined {
  const encoded = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return user === undefined || password === undefined ? undefined : { user, password }
}
