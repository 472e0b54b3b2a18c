import { type Database, readInScope, sql } from '../platform/database/database.ts'

/** Begins a work that is done once in so many hours, by the first that asks. False where it was begun already. */
export async function beginUpkeep(db: Database, name: string, now: Date, everyHours: number): Promise<boolean> {
  const rows = await readInScope(
    db,
    'allOrganizations',
    sql`
    insert into upkeep (name, began_at) values (${name}, ${now})
    on conflict (name) do update set began_at = excluded.began_at where upkeep.began_at <= excluded.began_at - make_interval(hours => ${everyHours})
    returning name`,
  )
  return rows.length > 0
}
