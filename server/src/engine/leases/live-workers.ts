import { sql } from '../../platform/database/database.ts'

/** True of the rows `worker_leases` whose worker lives and takes executions. */
export const isLiveWorker = sql`(worker_leases.expires_at > now() and not worker_leases.is_draining)`
