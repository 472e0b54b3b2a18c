import type { GrantFields } from '../audit/audit-event.ts'

/** Of whom a second factor is asked where they sign in with a password. */
export const secondFactorRules = ['optional', 'administrators', 'everyone'] as const

/** A provider that says who somebody is, found by its issuer. */
export type SingleSignOn = {
  /** What its button says. */
  name: string
  issuer: string
  client_id: string
  /** The claim that lists a person's groups. */
  groups_claim: string
  /** What the members of a group get. */
  group_grants: { group: string; grants: GrantFields[] }[]
  /** What everyone gets. */
  default_grants: GrantFields[]
  /** True: who has no account here gets one at their first sign-in. */
  creates_people: boolean
  /** True: its word is taken for e-mail addresses, also where it does not say that it has verified them. */
  trusts_addresses: boolean
  /** True: groups decide at each sign-in. False: only when an account is made. */
  manages_grants: boolean
  /** True: nobody signs in with a password. The administrator key still does. */
  is_only: boolean
}

export type SignInSettings = { secondFactor: (typeof secondFactorRules)[number]; singleSignOn: SingleSignOn | null }

/** What groups give, together with what everyone gets; each once. @param groups by any of the names that the settings may have them by */
export function grantsOfGroups(settings: SingleSignOn, groups: ReadonlySet<string>): GrantFields[] {
  const all = [...settings.default_grants, ...settings.group_grants.flatMap(({ group, grants }) => (groups.has(group) ? grants : []))]
  return [...new Map(all.map((grant) => [JSON.stringify(grant), grant])).values()]
}
