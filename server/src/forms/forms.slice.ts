import type { Slice } from '../engine/slice.ts'
import { formRoutes } from './forms.routes.ts'

export const formsSlice = {
  name: 'forms',
  holds: 'workflows as those meet them to whom they are offered',
  tables: {},
  routes: formRoutes,
} satisfies Slice
