import type { Logger } from 'pino'
import { type Database, inScope } from '../platform/database/database.ts'
import { oncePerMinute } from '../platform/http/source-limits.ts'
import { recordAudit, systemActing } from './audit.ts'
import type { RefusalAction } from './audit-event.ts'

export type RecordRefusal = (action: RefusalAction, address: string | undefined) => void

/**
 * Records that an address was refused: its connections, its streams, its signing in. Once a minute of each kind and address, so that
 * nobody can fill the audit with it. Each sign-in that failed is in the log: how many there can be is limited.
 *
 * @returns takes the action, as `connection.refused`, and the address
 */
export function recordRefusals({ db, logger }: { db: Database; logger: Logger }): RecordRefusal {
  const record = oncePerMinute<RefusalAction>((action, address) => {
    if (action !== 'session.refused') logger.warn({ address, action }, 'an address was refused')
    const event = { action, organizationId: null, target: { type: 'address' as const, id: address }, changes: {} }
    inScope(db, 'allOrganizations', (transaction) => recordAudit(transaction, systemActing, event)).catch((error: unknown) =>
      logger.warn({ err: error }, 'a refusal could not be recorded'),
    )
  })
  return (action, address) => {
    if (action === 'session.refused') logger.warn({ address, action }, 'an address was refused')
    record(action, address)
  }
}
