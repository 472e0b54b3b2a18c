import type { Slice } from '../platform/slice.ts'

export const accessSlice = {
  name: 'access',
  holds: 'principals, permissions, roles, grants, keys, sessions',
  tables: {
    sessions: null,
    sign_in_tokens: null,
    roles: 'A role of one’s own that manages people, keys or roles asks its people for a second factor, as the administrator’s does.',
    principal_grants: 'Who is an administrator decides what may be done to a person, and lists of people show what they have.',
    suspended_principals: null,
    api_keys: null,
    device_sign_ins: null,
    admin_key_uses: null,
  },
  routes: async () => (await import('./routes.ts')).accessRoutes,
} satisfies Slice
