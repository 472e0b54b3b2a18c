import type { PersonSessions } from '../access/person-sessions.ts'
import { recordAudit } from '../audit/audit.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { endedPersonCookie, hasPersonCookie, personTokenOf } from './person-cookie.ts'
import { deletePersonSession, deletePersonSessionByToken, listPersonSessions } from './person-sessions.queries.ts'
import { recordEndedViewsWithin } from './views.ts'

/** The sessions of people, as the routes of sessions ask for them. */
export function personSessions(people: PeopleRuntime): PersonSessions {
  const { db, idleMinutes } = people
  return {
    async end(headers, acting) {
      if (!hasPersonCookie(headers)) return undefined
      const token = personTokenOf(headers, await people.secret())
      if (token !== undefined && acting) {
        await inScope(db, 'allOrganizations', async (transaction) => {
          const id = await deletePersonSessionByToken(transaction, token)
          const target = { type: 'session' as const, id: id ?? '' }
          if (id) await recordAudit(transaction, acting, { action: 'session.deleted', organizationId: null, target, changes: {} })
          await recordEndedViewsWithin(transaction)
        })
      }
      return endedPersonCookie(headers)
    },
    async list(personId, headers) {
      const own = personTokenOf(headers, await people.secret())
      const rows = await listPersonSessions(db, personId, idleMinutes)
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
        address: row.ip_address || null,
        browser: row.user_agent || null,
        isCurrent: row.token === own,
      }))
    },
    endById(acting, personId, id) {
      return inScope(db, 'allOrganizations', async (transaction) => {
        if (!(await deletePersonSession(transaction, personId, id))) return false
        transaction.tell('access', 'changed')
        const target = { type: 'session' as const, id }
        await recordAudit(transaction, acting, { action: 'session.revoked', organizationId: null, target, changes: {} })
        await recordEndedViewsWithin(transaction)
        return true
      })
    },
  }
}

/** Ends a session that nobody has been told of yet. */
export async function endByToken(db: Database, token: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) => deletePersonSessionByToken(transaction, token))
}
