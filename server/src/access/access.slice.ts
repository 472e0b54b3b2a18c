import type { Slice } from '../platform/slice.ts'
import { sessionRoutes } from './sessions.routes.ts'
import { signInRoutes } from './sign-in.routes.ts'

export const accessSlice = {
  name: 'access',
  holds: 'principals, permissions, reach, sessions',
  tables: { sessions: null, sign_in_tokens: null },
  routes: (given: Parameters<typeof signInRoutes>[0] & Parameters<typeof sessionRoutes>[0]) => [
    ...signInRoutes(given),
    ...sessionRoutes(given),
  ],
} satisfies Slice
