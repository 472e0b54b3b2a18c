import type { Retention } from '../platform/slice.ts'
import { forgetAuditEvents } from './audit-chain.queries.ts'

const dayMs = 24 * 60 * 60_000

/** Deletes events that are older than so many days, the oldest of the chain first; with null none. What they were linked to stays as its anchor. */
export function auditRetention(days: number | null): readonly Retention[] {
  if (days === null) return []
  return [
    {
      counted: 'audit events',
      async deleteSome(transaction, { now, limit }) {
        const deleted = await forgetAuditEvents(transaction, new Date(now.getTime() - days * dayMs), limit)
        return { deleted, isMore: deleted === limit }
      },
    },
  ]
}
