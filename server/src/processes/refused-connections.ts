import { type Acting, recordAudit } from '../audit/audit.ts'
import type { Refused } from '../gateway/messages/messages.ts'
import { type Database, inScope, type Scope } from '../platform/database/database.ts'

/** Writes to the audit that author code wanted to connect where it may not: who, where to, and how often since the last row. */
export async function recordRefusedConnection(db: Database, refused: Refused): Promise<void> {
  const { executionId, organizationId, name, host, port, times, message, details } = refused
  const acting: Acting = {
    actor: { type: 'execution', id: executionId ?? 'none', name: name ?? 'Code outside of an execution' },
    requestId: null,
  }
  const scope: Scope = organizationId === null ? 'allOrganizations' : { organizationId }
  await inScope(db, scope, (transaction) =>
    recordAudit(transaction, acting, {
      action: 'egress.refused',
      organizationId,
      target: {
        type: 'host',
        id: port === 0 ? host : `${host}:${port}`,
        reason: typeof details.reason === 'string' ? details.reason : null,
        message,
        times,
      },
      changes: {},
    }),
  )
}
