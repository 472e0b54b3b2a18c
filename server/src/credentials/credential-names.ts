import type { CredentialNames } from '../budgets/credential-names.ts'
import type { AuthSpec } from './http-spec.ts'

/** Of a token's request: where it goes and what it asks for, which are no credentials. */
const noCredentials = new Set(['tokenUrl', 'url', 'scope', 'query', 'tenant', 'answer', 'use'])
const maxKeys = 20

/** What a person knows a credential by: what its options name, and never a value. @param tenant as it was read */
export function namesOf(auth: AuthSpec | null, tenant: string | undefined): CredentialNames {
  const connection = auth !== null && 'connection' in auth ? auth : undefined
  return {
    keys: auth === null ? [] : [...new Set(keysIn(credentialsIn(auth)))].slice(0, maxKeys),
    tenant: tenant === undefined || tenant === '' ? null : tenant,
    connection: connection?.connection ?? null,
    mapping: connection?.mapping ?? null,
  }
}

function credentialsIn(auth: AuthSpec): object {
  const request = 'oauth2' in auth ? auth.oauth2 : 'token' in auth ? auth.token : undefined
  return request ? Object.fromEntries(Object.entries(request).filter(([option]) => !noCredentials.has(option))) : auth
}

/** Of the secrets and config values in a part of the options. */
function keysIn(given: object): string[] {
  const { secret, config } = given as { secret?: unknown; config?: unknown }
  if (typeof secret === 'string') return [secret]
  if (typeof config === 'string') return [config]
  return Object.values(given).flatMap((part) => (typeof part === 'object' && part !== null ? keysIn(part) : []))
}
