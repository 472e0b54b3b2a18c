import type { Logger } from 'pino'
import { openBudgets } from '../budgets/budgets.ts'
import { connectionToken } from '../credentials/connections/connection-token.ts'
import { Tokens } from '../credentials/tokens/tokens.ts'
import { VendorCalls, type VendorCallsGiven } from '../credentials/vendor-calls.ts'
import { lineOf, tokenLineOf } from '../exchanges/exchange-line.ts'
import { ExchangeWriter } from '../exchanges/exchange-writer.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { admitGlobalSecretTo } from '../mappings/addresses.ts'
import { type Database, forPurpose } from '../platform/database/database.ts'
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
export type OpenedVendorCalls = {
  calls: VendorCalls
  /** Waits for renewals, gives back what is left of budgets, and writes what is left of exchanges. */
  close(): Promise<void>
}

export function openVendorCalls({ db, notifications, keyring, gateway, logger, renewalDays }: VendorCallsParts): OpenedVendorCalls {
  const fetchOutside = (request: Parameters<Gateway['fetch']>[0]) => gateway.fetch(request)
  const tokens = new Tokens({
    db: forPurpose(db, 'tokens'),
    notifications,
    keyring,
    fetchOutside,
    logger,
    giveUpMs: renewalDays * 86_400_000,
  })
  const budgets = openBudgets({ db: forPurpose(db, 'budgets'), notifications, logger })
  const writer = new ExchangeWriter(forPurpose(db, 'exchanges'), logger)
  const connection: VendorCallsGiven['connection'] = (reading, which, destination) => connectionToken(db, reading, which, destination)
  const calls = new VendorCalls({
    keyring,
    admitGlobalTo: admitGlobalSecretTo,
    tokens,
    budgets,
    gateway,
    connection,
    onExchange: (exchange, admitted) => writer.add(lineOf(exchange, admitted), exchange.exchange),
    onFailed: (exchange, executionId, kind) => writer.fail(exchange, executionId, kind),
    onTokenExchange: (exchange, needed) => writer.add(tokenLineOf(exchange, needed)),
  })
  return {
    calls,
    async close() {
      await Promise.all([tokens.close(), budgets.close()])
      // What renewals asked last is written, too.
      await writer.close()
    },
  }
}
