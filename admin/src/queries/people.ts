import { getProfile, getSignInSettings, type ListPeopleParams, listPasskeys, listPeople } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'

export const peopleKey = ['people'] as const
export const peoplePage = (parameters: ListPeopleParams) =>
  queryOptions({
    queryKey: [...peopleKey, 'page', parameters],
    queryFn: ({ signal }) => listPeople(parameters, { signal }),
    placeholderData: keepPreviousData,
  })

export const profileKey = ['profile'] as const
/** The account of who is signed in. Fails with `not_a_person` where that is a key. */
export const profile = queryOptions({ queryKey: profileKey, queryFn: ({ signal }) => getProfile({ signal }), retry: false })

export const signInSettingsKey = ['sign-in-settings'] as const
export const signInSettings = queryOptions({ queryKey: signInSettingsKey, queryFn: ({ signal }) => getSignInSettings({ signal }) })

export const passkeysKey = ['passkeys'] as const
export const passkeys = queryOptions({ queryKey: passkeysKey, queryFn: ({ signal }) => listPasskeys({ signal }) })
