import type { Retention } from '../../platform/slice.ts'
import { deleteOldStarts } from './connections.queries.ts'

/** What was begun and not finished. */
export const startRetention: Retention = {
  counted: null,
  async deleteSome(transaction, { limit }) {
    const deleted = await deleteOldStarts(transaction, limit)
    return { deleted, isMore: deleted === limit }
  },
}
