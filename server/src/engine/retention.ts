import type { Retention } from '../platform/slice.ts'
import { deleteExecutions, deleteKeys, dropPartitions, findExpired, makePartitions } from './retention.queries.ts'

/** Executions go with their steps, lines and records; then their idempotency keys; then the partitions that are empty. */
export const executionRetention: readonly Retention[] = [
  {
    counted: 'executions',
    async deleteSome(transaction, { before, limit }) {
      const ids = await findExpired(transaction, before, limit)
      const deleted = ids.length === 0 ? 0 : await deleteExecutions(transaction, ids)
      return { deleted, isMore: ids.length === limit }
    },
  },
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const deleted = await deleteKeys(transaction, before, limit)
      return { deleted, isMore: deleted === limit }
    },
  },
  {
    // In a transaction of its own: whatever keeps old ones from being dropped, those of the next weeks are there.
    counted: null,
    async deleteSome(transaction) {
      await makePartitions(transaction)
      return { deleted: 0, isMore: false }
    },
  },
  {
    counted: 'partitions',
    async deleteSome(transaction, { before }) {
      return { deleted: await dropPartitions(transaction, before), isMore: false }
    },
  },
]
