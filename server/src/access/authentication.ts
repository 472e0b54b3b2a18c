import { recordAudit } from '../audit/audit.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { oncePerMinute } from '../platform/http/source-limits.ts'
import { afterwards } from '../platform/soon.ts'
import { type Authentication, administratorActor, bearerOf } from './auth.ts'
import { keyUseError } from './auth-errors.ts'
import { keyAuthentication } from './key-authentication.ts'
import { keyPrefix } from './key-text.ts'
import { deleteOldAdminKeyUses, noteAdminKeyUse } from './keys.queries.ts'
import { browserAuthentication } from './sessions.ts'

/**
 * Who a request speaks for in an installation: a key, the administrator key, or the session of a browser.
 *
 * @returns with what ends it: it listens to changes
 */
export function installationAuthentication(given: {
  db: Database
  notifications: Notifications
  adminApiKey: string
  idleMinutes: number
  /** The administrator key, and what was opened with it, is refused. */
  isAdminKeyOff: boolean
}): { authenticate: Authentication; close(): void } {
  const { db, adminApiKey, idleMinutes, isAdminKeyOff } = given
  const keys = keyAuthentication(given)
  const byBrowser = browserAuthentication(db, adminApiKey, idleMinutes)
  const noteUse = oncePerMinute<'admin_key.used'>((_, address) => void recordAdminKeyUse(db, address).catch(() => {}))
  return {
    authenticate(authorization, request) {
      const bearer = bearerOf(authorization)
      // First, because an installation makes its administrator key with the same prefix.
      return afterwards(byBrowser(authorization, request), (identity) => {
        if (!identity) return bearer?.startsWith(keyPrefix) ? keys.authenticate(bearer, request ?? {}) : undefined
        if (isAdminKeyOff) {
          if (bearer === undefined) return undefined
          throw keyUseError('admin_key_off')
        }
        if (bearer !== undefined && request && !request.isFollowing) noteUse('admin_key.used', request.address)
        return identity
      })
    },
    close: () => keys.close(),
  }
}

/** The audit has one event for each address and hour. */
function recordAdminKeyUse(db: Database, address: string): Promise<void> {
  return inScope(db, 'allOrganizations', (transaction) => recordAdminKeyUseWithin(transaction, address))
}

async function recordAdminKeyUseWithin(transaction: Parameters<typeof recordAudit>[0], address: string): Promise<void> {
  if (!(await noteAdminKeyUse(transaction, address))) return
  await deleteOldAdminKeyUses(transaction)
  const event = { action: 'admin_key.used' as const, organizationId: null, target: { type: 'address' as const, id: address }, changes: {} }
  await recordAudit(transaction, { actor: administratorActor, requestId: null, address }, event)
}
