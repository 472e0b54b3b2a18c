import type { Slice } from '../platform/slice.ts'

export const auditSlice = {
  name: 'audit',
  holds: 'who did what, written with the change',
  tables: { audit_events: null, audit_links: null, audit_unlinked: null, audit_anchor: null, audit_sinks: null },
  routes: async () => (await import('./audit.routes.ts')).auditRoutes,
} satisfies Slice
