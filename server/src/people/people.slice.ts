import type { Slice } from '../engine/slice.ts'

export const peopleSlice = {
  name: 'people',
  holds: 'people, how they sign in',
  tables: {
    people: null,
    person_accounts: null,
    person_sessions: null,
    person_verifications: null,
    person_two_factors: null,
    person_used_codes: null,
    person_passkeys: null,
    person_links: null,
    person_views: null,
    sign_in_attempts: null,
    sign_in_settings: null,
    provisioned_people: null,
    provisioned_groups: null,
    provisioned_members: null,
  },
  routes: async () => (await import('./routes.ts')).routesOfPeople,
} satisfies Slice
