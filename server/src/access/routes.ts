import type { Route } from '../platform/http/http.ts'
import { deviceRoutes } from './devices.routes.ts'
import { keyRoutes } from './keys.routes.ts'
import { meRoutes } from './me.routes.ts'
import { roleRoutes } from './roles.routes.ts'
import { sessionRoutes } from './sessions.routes.ts'
import { signInRoutes } from './sign-in.routes.ts'

type Given = Parameters<typeof signInRoutes>[0] & Parameters<typeof sessionRoutes>[0]

export function accessRoutes(given: Given): Route[] {
  return [...signInRoutes(given), ...sessionRoutes(given), ...meRoutes(), ...keyRoutes(given), ...deviceRoutes(given), ...roleRoutes(given)]
}
