import { type Sql, sql, type Transaction } from '../platform/database/database.ts'

export type ViewRow = { viewer_id: string; viewer_name: string; person_id: string; person_name: string }

const minutes = 30

/** What a session must be for its person to be looked at through it. */
const hasEnded: Sql = sql`(v.ends_at <= now()
  or not exists (select from person_sessions s where s.id = v.session_id and s.expires_at > now())
  or not exists (select from people p where p.id = v.person_id and p.deactivated_at is null))`

/** Begins a view. Returns when it ends by itself; undefined where the session has one already. */
export async function insertView(transaction: Transaction, sessionId: string, view: ViewRow): Promise<Date | undefined> {
  const [row] = await transaction.query<{ ends_at: Date }>(sql`
    insert into person_views (session_id, viewer_id, viewer_name, person_id, person_name, ends_at)
    values (${sessionId}, ${view.viewer_id}, ${view.viewer_name}, ${view.person_id}, ${view.person_name},
      now() + make_interval(mins => ${minutes}))
    on conflict (session_id) do nothing returning ends_at`)
  return row?.ends_at
}

/** Of one session. */
export function deleteView(transaction: Transaction, sessionId: string): Promise<ViewRow[]> {
  return transaction.query<ViewRow>(sql`
    delete from person_views where session_id = ${sessionId} returning viewer_id, viewer_name, person_id, person_name`)
}

/** Those that have ended by themselves: after their time, with their session, or with the person. */
export function deleteEndedViews(transaction: Transaction, limit: number): Promise<ViewRow[]> {
  return transaction.query<ViewRow>(sql`
    delete from person_views where session_id in (select v.session_id from person_views v where ${hasEnded} limit ${limit})
    returning viewer_id, viewer_name, person_id, person_name`)
}
