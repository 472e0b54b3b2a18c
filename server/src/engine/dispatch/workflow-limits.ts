import { sql } from '../../platform/database/database.ts'

/** Which limits a workflow sets itself, of the row `definitions`: at once for each organization, and in all. Null is none. */
export const ownLimits = sql`max_per_organization as per_organization, max_total as total`
