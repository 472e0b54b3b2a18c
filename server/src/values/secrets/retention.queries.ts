import { sql } from '../../platform/database/database.ts'
import type { Retention } from '../../platform/slice.ts'

/** So many versions of a secret can be returned to, beside the one that it has. */
export const maxEarlierVersions = 9

/**
 * What an execution has read is forgotten with it, and what a secret was before it was replaced with the last execution from before that,
 * but for the last versions.
 * Ids tell the time of the process that made them, which may differ a little from the database's.
 */
export const readsRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const rows = await transaction.query(sql`
        delete from secret_reads where (execution_id, key, is_global) in (
          select execution_id, key, is_global from secret_reads r
          where execution_id < first_id_at(${before}) and not exists (select from executions where id = r.execution_id)
          limit ${limit}
        ) returning key`)
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
  {
    counted: null,
    async deleteSome(transaction, { limit }) {
      const rows = await transaction.query(sql`
        delete from replaced_secrets where id in (
          select id from replaced_secrets r
          where not exists (select from executions where id < first_id_at(r.replaced_at + interval '1 hour'))
            and replaced_at < now() - interval '1 hour'
            and (select count(*) from replaced_secrets n
                 where n.key = r.key and n.organization_id is not distinct from r.organization_id and n.version > r.version) >=
              case when exists (select from secrets s where s.key = r.key and s.organization_id is not distinct from r.organization_id)
                then ${maxEarlierVersions}::integer else 0 end
          limit ${limit}
        ) returning id`)
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
]
