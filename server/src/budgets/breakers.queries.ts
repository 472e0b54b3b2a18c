import { type Database, readInScope, sql } from '../platform/database/database.ts'

const all = 'allOrganizations'

export type BreakerRow = { id: string; openMs: number; reason: string }
type Row = { id: string; open_ms: number; reason: string }

const openMs = sql`greatest(0, extract(epoch from open_until - clock_timestamp()) * 1000)::float8 as open_ms`
const breakerOf = ({ id, open_ms, reason }: Row): BreakerRow => ({ id, openMs: open_ms, reason })

export async function listBreakers(db: Database, ids?: readonly string[]): Promise<BreakerRow[]> {
  const rows = await readInScope<Row>(
    db,
    all,
    sql`select id, reason, ${openMs} from vendor_breakers where ${ids === undefined ? sql`true` : sql`id = any(${[...ids]})`} limit 10000`,
  )
  return rows.map(breakerOf)
}

/** Has nobody call it for a while: at first ten seconds, and twice as long each time, up to five minutes. One that is open stays as it is. */
export async function openBreaker(
  db: Database,
  breaker: { id: string; host: string; credential: string | null; caller: string | null; reason: string },
): Promise<BreakerRow | undefined> {
  const rows = await readInScope<Row>(
    db,
    all,
    sql`
    insert into vendor_breakers as b (id, host, credential, caller, reason, open_until)
    values (${breaker.id}, ${breaker.host}, ${breaker.credential}, ${breaker.caller}, ${breaker.reason}, clock_timestamp() + interval '10 seconds')
    on conflict (id) do update set
      times = case when b.open_until > clock_timestamp() then b.times else b.times + 1 end,
      reason = excluded.reason,
      probe_until = null,
      open_until = greatest(b.open_until, case when b.open_until > clock_timestamp() then b.open_until
        else clock_timestamp() + make_interval(secs => least(300, 10 * power(2, least(b.times, 5)))) end)
    returning id, reason, ${openMs}`,
  )
  return rows[0] && breakerOf(rows[0])
}

/**
 * Who else waits to call that host: `everybody`, or `others` where calls of another organization wait as well, or did within the last minute
 * and nobody has been answered since.
 */
export async function whoElseWaits(
  db: Database,
  { host, caller }: { host: string; caller: string | null },
): Promise<'everybody' | 'others' | undefined> {
  const rows = await readInScope<{ who: 'everybody' | 'others' }>(
    db,
    all,
    sql`
    select case when credential is null then 'everybody' else 'others' end as who from vendor_breakers
    where host = ${host} and case when credential is null then open_until > clock_timestamp()
      else caller is distinct from ${caller}::text and open_until > clock_timestamp() - interval '1 minute' end
    order by credential is not null limit 1`,
  )
  return rows[0]?.who
}

/** One of all workers may try whether the vendor is there again. `gone`: it is closed, and everybody may. */
export async function claimProbe(db: Database, id: string): Promise<'mine' | 'gone' | BreakerRow> {
  const rows = await readInScope<Row & { is_mine: boolean }>(
    db,
    all,
    sql`
    with mine as (
      update vendor_breakers set probe_until = clock_timestamp() + interval '30 seconds'
      where id = ${id} and open_until <= clock_timestamp() and (probe_until is null or probe_until <= clock_timestamp())
      returning id
    )
    select id, reason, ${openMs}, exists (select from mine) as is_mine from vendor_breakers where id = ${id}`,
  )
  const [row] = rows
  if (!row) return 'gone'
  return row.is_mine ? 'mine' : breakerOf(row)
}

/** Another may try: the one that had it did not. */
export async function giveProbeBack(db: Database, ids: readonly string[]): Promise<void> {
  await readInScope(db, all, sql`update vendor_breakers set probe_until = null where id = any(${[...ids]}) returning id`)
}

/** Nobody calls the host, so those whose calls alone waited are no case of their own any more. @returns their ids */
export async function forgetCallers(db: Database, host: string): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    all,
    sql`delete from vendor_breakers where host = ${host} and credential is not null returning id`,
  )
  return rows.map(({ id }) => id)
}

/** The vendor is there. */
export async function closeBreaker(db: Database, id: string): Promise<void> {
  await readInScope(db, all, sql`delete from vendor_breakers where id = ${id} returning id`)
}
