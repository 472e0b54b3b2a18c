import { createHash, randomBytes } from 'node:crypto'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { deleteSecondFactor, deleteSessionsOf, deleteUnderWayOf, lockPerson, updatePersonRow, upsertPassword } from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { Person } from './person.ts'
import { deleteLinksOf, findLink, insertLink, type LinkKind, type LinkRow, takeLink } from './person-links.queries.ts'

export const invitationHours = 7 * 24
export const resetHours = 24

/** A link that lets a person set a password, once. The token is shown once. */
export type MadeLink = { kind: LinkKind; token: string; expiresAt: Date }

const digestOf = (token: string) => createHash('sha256').update(token).digest()

/** Where a link leads. What stands behind `#` is not sent to servers, and so in no log. */
export function addressOfLink(origin: string, { kind, token }: Pick<MadeLink, 'kind' | 'token'>): string {
  return `${origin}/${kind === 'invitation' ? 'welcome' : 'reset'}#token=${token}`
}

/**
 * Makes a link in place of earlier ones.
 *
 * @param keepsSecondFactor for one that the person asked for themselves
 * @throws person_deactivated
 */
export async function createLinkWithin(
  transaction: Transaction,
  acting: Acting,
  person: Pick<Person, 'id' | 'name' | 'state'>,
  keepsSecondFactor = false,
): Promise<MadeLink> {
  if (person.state === 'deactivated') throw personError('person_deactivated', { person_id: person.id })
  const kind = person.state === 'invited' ? 'invitation' : 'reset'
  const token = randomBytes(32).toString('base64url')
  // Anybody can ask for one: that ends no link of an administrator.
  await deleteLinksOf(transaction, person.id, keepsSecondFactor)
  const hours = kind === 'invitation' ? invitationHours : resetHours
  const expiresAt = await insertLink(transaction, {
    ...{ id: newId(), personId: person.id, kind },
    ...{ tokenDigest: digestOf(token), hours, keepsSecondFactor },
  })
  await recordAudit(transaction, acting, {
    action: kind === 'invitation' ? 'person.invited' : 'person.reset_offered',
    organizationId: null,
    target: { type: 'person', id: person.id, name: person.name },
    changes: {},
  })
  return { kind, token, expiresAt }
}

/** Whom a link is for. @throws person_link_used */
export async function getLink(db: Database, token: string): Promise<LinkRow> {
  const link = await findLink(db, digestOf(token))
  if (!link) throw personError('person_link_used')
  return link
}

/**
 * Uses up a link: sets the password, and ends all that was open. One from an administrator takes the
 * second factor and passkeys away as well, for who has lost them.
 *
 * @param hash of the password, as the library makes it
 * @throws person_link_used
 */
export async function takeLinkWith(
  db: Database,
  { requestId, address }: { requestId: string; address: string },
  token: string,
  { personId, hash, name }: { personId: string; hash: string; name: string | undefined },
): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    const person = await lockPerson(transaction, personId)
    const taken = person && person.state !== 'deactivated' ? await takeLink(transaction, digestOf(token)) : undefined
    if (!person || !taken) throw personError('person_link_used')
    await deleteLinksOf(transaction, personId)
    await deleteSessionsOf(transaction, personId)
    await deleteUnderWayOf(transaction, personId)
    transaction.tell('access', 'changed')
    if (!taken.keeps_second_factor) await deleteSecondFactor(transaction, personId)
    await upsertPassword(transaction, newId(), personId, hash)
    const shownName = name ?? person.name
    if (name !== undefined) await updatePersonRow(transaction, personId, { name, email: person.email })
    await recordAudit(
      transaction,
      { actor: { type: 'person', id: personId, name: shownName }, requestId, address },
      { action: 'password.set', organizationId: null, target: { type: 'person', id: personId, name: shownName }, changes: {} },
    )
  })
}
