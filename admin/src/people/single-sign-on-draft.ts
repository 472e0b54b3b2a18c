import type { Grant, SetSignInSettingsBodySingleSignOn, SignInSettings } from '@crosswalk/client'
import { lackOfGrants } from '../parts/grants/grants-field.tsx'

/** A single sign-on while it is edited. An empty secret keeps the one that is set. */
export type SingleSignOnDraft = {
  isOn: boolean
  name: string
  issuer: string
  clientId: string
  clientSecret: string
  groupsClaim: string
  groupGrants: { group: string; grants: Grant[] }[]
  defaultGrants: Grant[]
  createsPeople: boolean
  trustsAddresses: boolean
  managesGrants: boolean
  isOnly: boolean
}

export function draftOf(given: SignInSettings['single_sign_on']): SingleSignOnDraft {
  return {
    isOn: given !== null,
    name: given?.name ?? 'Microsoft',
    issuer: given?.issuer ?? '',
    clientId: given?.client_id ?? '',
    clientSecret: '',
    groupsClaim: given?.groups_claim ?? 'groups',
    groupGrants: given?.group_grants ?? [],
    defaultGrants: given?.default_grants ?? [],
    createsPeople: given?.creates_people ?? false,
    trustsAddresses: given?.trusts_addresses ?? false,
    managesGrants: given?.manages_grants ?? false,
    isOnly: given?.is_only ?? false,
  }
}

export function bodyOf(draft: SingleSignOnDraft): SetSignInSettingsBodySingleSignOn {
  return {
    name: draft.name.trim(),
    issuer: draft.issuer.trim(),
    client_id: draft.clientId.trim(),
    ...(draft.clientSecret === '' ? {} : { client_secret: draft.clientSecret }),
    groups_claim: draft.groupsClaim.trim(),
    group_grants: draft.groupGrants.map(({ group, grants }) => ({ group: group.trim(), grants })),
    default_grants: draft.defaultGrants,
    creates_people: draft.createsPeople,
    trusts_addresses: draft.trustsAddresses,
    manages_grants: draft.managesGrants,
    is_only: draft.isOnly,
  }
}

/** Why it cannot be saved as it is. */
export function problemOfDraft(draft: SingleSignOnDraft, hasSecret: boolean): string | undefined {
  if ([draft.name, draft.issuer, draft.clientId, draft.groupsClaim].some((text) => text.trim() === '')) return 'Fill in the fields above.'
  if (draft.clientSecret === '' && !hasSecret) return 'Give the client secret.'
  if (draft.groupGrants.some(({ group }) => group.trim() === '')) return 'Name each group.'
  return lackOfGrants([...draft.defaultGrants, ...draft.groupGrants.flatMap(({ grants }) => grants)], true)
}
