import type { Logger } from 'pino'
import { openBudgets } from '../budgets/budgets.ts'
import { connectionToken } from '../credentials/connections/connection-token.ts'
import { Tokens } from '../credentials/tokens/tokens.ts'
import { VendorCalls, type VendorCallsGiven } from '../credentials/vendor-calls.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { admitGlobalSecretTo } from '../mappings/addresses.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { Keyring } from '../values/secrets/keyring.ts'

export type VendorCallsParts = {
  db: Database
  notifications: Notifications
  keyring: Keyring
  gateway: Gateway
  logger: Logger
  renewalDays: number
}

/** A worker's part in calls to vendors, put together. */
export function openVendorCalls({ db, notifications, keyring, gateway, logger, renewalDays }: VendorCallsParts): VendorCalls {
  const fetchOutside = (request: Parameters<Gateway['fetch']>[0]) => gateway.fetch(request)
  const tokens = new Tokens({ db, notifications, keyring, fetchOutside, logger, giveUpMs: renewalDays * 86_400_000 })
  const connection: VendorCallsGiven['connection'] = (reading, which, destination) => connectionToken(db, reading, which, destination)
  return new VendorCalls({
    keyring,
    admitGlobalTo: admitGlobalSecretTo,
    tokens,
    budgets: openBudgets({ db, notifications, logger }),
    gateway,
    connection,
  })
}
