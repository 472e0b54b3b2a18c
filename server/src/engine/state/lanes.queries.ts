import { sql } from '../../platform/database/database.ts'

/** The two lanes of executions, as `executions.priority` has them: what somebody waits for is claimed first. */
export const interactivePriority = 1
export const backgroundPriority = 10

/** The same as they stand in SQL: as constants, by which PostgreSQL estimates how many rows a lane has. */
export const interactiveLane = sql`1`
export const backgroundLane = sql`10`
