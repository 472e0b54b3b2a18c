import type { FetchOutside } from '../src/credentials/tokens/asking.ts'
import { oauth2Places } from '../src/credentials/tokens/token-answer.ts'
import { oauth2Request } from '../src/credentials/tokens/token-request.ts'
import { type AskedFor, Tokens, type WantedToken } from '../src/credentials/tokens/tokens.ts'
import { openDatabase, readInScope, sql } from '../src/platform/database/database.ts'
import type { DomainError } from '../src/platform/errors.ts'
import { newId } from '../src/platform/ids.ts'
import { type TestApp, testLogger } from './test-app.ts'
import { fetchDirectly, type TokenVendor } from './token-vendor.ts'

export const asked = (given: Partial<AskedFor> = {}): AskedFor => ({
  isPerson: false,
  organizationId: null,
  withoutSecrets: (value) => value,
  ...given,
})

export const isKind = (kind: string) => (error: DomainError) => error.code === 'vendor_error' && error.details.kind === kind

/** What tests of tokens set up with. */
export function tokenTest(parts: AsyncDisposableStack, given: () => { app: TestApp; vendor: TokenVendor }) {
  /** A worker of its own, as far as tokens go. */
  function givenWorkers(count: number, more: { fetchOutside?: FetchOutside; giveUpMs?: number } = {}) {
    return Array.from({ length: count }, () => {
      const db = openDatabase(given().app.databaseUrl, { maxConnections: 3 })
      parts.defer(() => db.close())
      const { notifications, keyring } = given().app
      return new Tokens({ db, notifications, keyring, fetchOutside: fetchDirectly, logger: testLogger, giveUpMs: 7 * 86_400_000, ...more })
    })
  }

  function wanted(more: Partial<WantedToken> = {}, refresh = false): WantedToken {
    return {
      ...{
        owner: null,
        key: newId(),
        integration: 'halo',
        host: '127.0.0.1',
        vendorHost: '127.0.0.1',
        secretMarks: ['global halo_secret'],
      },
      ...{ places: oauth2Places, usesUp: refresh, remedy: 'Connect again.', declared: null },
      requestFor: (refreshToken) =>
        oauth2Request({
          ...{ url: `${given().vendor.url}/token`, clientId: 'id', clientSecret: 'hush', clientIn: 'fields', moreFields: {} },
          ...(refresh
            ? { grant: 'refresh_token', grantFields: { refresh_token: refreshToken ?? 'first' } }
            : { grant: 'client_credentials', grantFields: {} }),
        }),
      ...more,
    }
  }

  /** As if time had passed since it was given. */
  const age = (key: string, seconds: number) =>
    readInScope(
      given().app.db,
      'allOrganizations',
      sql`update vendor_tokens set obtained_at = obtained_at - ${seconds} * interval '1 second',
        expires_at = expires_at - ${seconds} * interval '1 second', next_attempt_at = next_attempt_at - ${seconds} * interval '1 second',
        failing_since = failing_since - ${seconds} * interval '1 second', failed_at = failed_at - ${seconds} * interval '1 second',
        renewing_until = renewing_until - ${seconds} * interval '1 second', used_at = used_at - ${seconds} * interval '1 second'
        where token_key = ${key} returning id`,
    )

  return { givenWorkers, wanted, age }
}
