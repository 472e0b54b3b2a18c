import type { Slice } from '../platform/slice.ts'
import { deviceRoutes } from './devices.routes.ts'
import { keyRoutes } from './keys.routes.ts'
import { meRoutes } from './me.routes.ts'
import { roleRoutes } from './roles.routes.ts'
import { sessionRoutes } from './sessions.routes.ts'
import { signInRoutes } from './sign-in.routes.ts'

export const accessSlice = {
  name: 'access',
  holds: 'principals, permissions, roles, grants, keys, sessions',
  tables: {
    sessions: null,
    sign_in_tokens: null,
    roles: null,
    principal_grants: 'Who is an administrator decides what may be done to a person, and lists of people show what they have.',
    suspended_principals: null,
    api_keys: null,
    device_sign_ins: null,
    admin_key_uses: null,
  },
  routes: (given: Parameters<typeof signInRoutes>[0] & Parameters<typeof sessionRoutes>[0]) => [
    ...signInRoutes(given),
    ...sessionRoutes(given),
    ...meRoutes(),
    ...keyRoutes(given),
    ...deviceRoutes(given),
    ...roleRoutes(given),
  ],
} satisfies Slice
