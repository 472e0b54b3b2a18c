import { type Database, readInScope, sql } from '../platform/database/database.ts'

export type TrafficRow = { integration: string; host: string; outcome: string; calls: number; waited_ms: number; duration_ms: number }

/** What was asked of vendors since the installation began, those that were called last first. */
export function listTraffic(db: Database, limit: number): Promise<TrafficRow[]> {
  return readInScope<TrafficRow>(
    db,
    'allOrganizations',
    sql`select integration, host, outcome, calls::float8 as calls, waited_ms, duration_ms from vendor_traffic order by counted_at desc limit ${limit}`,
  )
}
