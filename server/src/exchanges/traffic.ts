import type { Database } from '../platform/database/database.ts'
import { listTraffic, type TrafficRow } from './traffic.queries.ts'

const maxRows = 5_000

/** What was asked of vendors, by how it was answered: sums that only grow. */
export function vendorTraffic(db: Database): Promise<TrafficRow[]> {
  return listTraffic(db, maxRows)
}
