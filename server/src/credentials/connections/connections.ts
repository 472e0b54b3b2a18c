import { type Acting, recordAudit } from '../../audit/audit.ts'
import { inScope, type Scope } from '../../platform/database/database.ts'
import { writingScope } from '../../values/value-scope.ts'
import type { AtVendor } from '../tokens/revoking.ts'
import type { ConnectingGiven } from './connecting.ts'
import { connectionError } from './connection-errors.ts'
import { type ConnectionRow, deleteConnectionRow, getConnectionRow } from './connections.queries.ts'
import { endStartsOf } from './links.queries.ts'
import { revokeAtVendor } from './revoking-at-vendor.ts'

/** `failing`: renewals fail, and the token is good still or is tried again. `waiting`: a person has to connect again. */
export type ConnectionStatus = 'connected' | 'failing' | 'waiting'

export function statusOf({ has_token, last_error, failing_since }: ConnectionRow, giveUpMs: number, nowMs: number): ConnectionStatus {
  if (!has_token) return 'waiting'
  if (!last_error || !failing_since) return 'connected'
  return last_error.kind === 'credentials' || nowMs - failing_since.getTime() > giveUpMs ? 'waiting' : 'failing'
}

/**
 * Forgets a connection and its tokens. Where the integration says how, the vendor is asked first to end the consent: a crash in between leaves a
 * connection that can be revoked again, and not a consent that nobody knows of. Whatever the vendor answers, it is forgotten here.
 *
 * @returns what came of it there; undefined where nothing says how to ask
 * @throws connection_not_found
 */
export async function revokeConnection(given: ConnectingGiven, acting: Acting, scope: Scope, id: string): Promise<AtVendor | undefined> {
  const { db } = given
  const row = await getConnectionRow(db, scope, id)
  if (!row) throw connectionError('connection_not_found', { connection_id: id })
  const atVendor = await revokeAtVendor(given, row)
  await inScope(db, writingScope(row.organization_id), async (transaction) => {
    if (!(await deleteConnectionRow(transaction, id))) throw connectionError('connection_not_found', { connection_id: id })
    // A link that still goes around would bring it back.
    const { organization_id: organizationId, mapping_id: mappingId, integration_name: integrationName, name } = row
    await endStartsOf(transaction, { organizationId, mappingId, integrationName, name }, 'revoked')
    await recordAudit(transaction, acting, {
      action: 'vendor_connection.revoked',
      organizationId: row.organization_id,
      target: { type: 'vendor_connection', id: `${row.integration_name}.${row.name}`, mapping_id: row.mapping_id },
      changes: atVendor ? { at_vendor: { before: null, after: atVendor.message.slice(0, maxAuditChars) } } : {},
    })
  })
  return atVendor
}

const maxAuditChars = 1_000
