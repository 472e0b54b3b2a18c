import type { Slice } from '../platform/slice.ts'
import { importRoutes } from './imports.routes.ts'

export const importsSlice = { name: 'imports', holds: 'organizations from files', tables: {}, routes: importRoutes } satisfies Slice
