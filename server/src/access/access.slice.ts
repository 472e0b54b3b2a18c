import type { Slice } from '../platform/slice.ts'
import { signInRoutes } from './sign-in.routes.ts'

export const accessSlice = {
  name: 'access',
  holds: 'principals, permissions, reach, sessions',
  tables: { sessions: null, sign_in_tokens: null },
  routes: signInRoutes,
} satisfies Slice
