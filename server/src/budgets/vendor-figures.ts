import type { Database } from '../platform/database/database.ts'
import { listVendorFigures, type VendorFigures } from './vendors.queries.ts'

const maxVendors = 1_000

/** How the vendors are at this moment. */
export function vendorFigures(db: Database): Promise<VendorFigures[]> {
  return listVendorFigures(db, maxVendors)
}
