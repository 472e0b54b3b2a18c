import { administratorActor } from '../src/access/auth.ts'
import { administratorRole } from '../src/access/grants.ts'
import { createKey, type MadeKey, revokeKey } from '../src/access/keys.ts'
import type { Principal } from '../src/access/principal.ts'
import { type Actor, systemActing } from '../src/audit/audit.ts'
import type { GrantFields } from '../src/audit/audit-event.ts'
import type { Database } from '../src/platform/database/database.ts'

/** Who has the administrator key. */
export const administrator: Principal = {
  actor: administratorActor,
  permission: 'canManageKeys',
  granted: [{ permissions: administratorRole.permissions, scope: 'allOrganizations' }],
}

/** A key as the administrator makes it, and who acts with it. */
export async function givenKey(db: Database, ...grants: GrantFields[]): Promise<MadeKey & { actor: Actor; revoke(): Promise<void> }> {
  const draft = { name: 'A key', grants, addresses: null, expiresAt: null }
  const made = await createKey(db, systemActing, administrator, draft)
  return {
    ...made,
    actor: { type: 'api_key', id: made.id, name: made.name },
    revoke: () => revokeKey(db, systemActing, administrator, made.id),
  }
}
