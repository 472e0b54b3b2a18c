import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'

export type LinkKind = 'invitation' | 'reset'
export type LinkRow = { id: string; person_id: string; kind: LinkKind; expires_at: Date; email: string; name: string }

export async function insertLink(
  transaction: Transaction,
  link: { id: string; personId: string; kind: LinkKind; tokenDigest: Buffer; hours: number; keepsSecondFactor: boolean },
): Promise<Date> {
  const rows = await transaction.query<{ expires_at: Date }>(sql`
    insert into person_links (id, person_id, kind, token_digest, keeps_second_factor, expires_at)
    values (${link.id}, ${link.personId}, ${link.kind}, ${link.tokenDigest}, ${link.keepsSecondFactor}, now() + make_interval(hours => ${link.hours}))
    returning expires_at`)
  return (rows[0] as { expires_at: Date }).expires_at // an insert without a conflict clause returns its row
}

/** One whose person has not left. */
export async function findLink(db: Database, tokenDigest: Buffer): Promise<LinkRow | undefined> {
  const [row] = await readInScope<LinkRow>(
    db,
    'allOrganizations',
    sql`
    select l.id, l.person_id, l.kind, l.expires_at, p.email, p.name from person_links l join people p on p.id = l.person_id
    where l.token_digest = ${tokenDigest} and l.expires_at > now() and p.deactivated_at is null`,
  )
  return row
}

/** Takes the link away, so that of two who come with it one is served. */
export async function takeLink(transaction: Transaction, tokenDigest: Buffer): Promise<{ keeps_second_factor: boolean } | undefined> {
  const [row] = await transaction.query<{ keeps_second_factor: boolean }>(sql`
    delete from person_links where token_digest = ${tokenDigest} and expires_at > now() returning keeps_second_factor`)
  return row
}

/** @param onlyAskedFor leaves those that an administrator made */
export async function deleteLinksOf(transaction: Transaction, personId: string, onlyAskedFor = false): Promise<void> {
  await transaction.query(sql`
    delete from person_links where person_id = ${personId} and (keeps_second_factor or not ${onlyAskedFor}::boolean)`)
}
