import type { Integration, IntegrationRequiredSecretsItem } from '@crosswalk/client'
import type { ValueKind } from './value-kind.ts'

export type Requirement = IntegrationRequiredSecretsItem & { kind: ValueKind }
export type Needs = Pick<Integration, 'required_secrets' | 'required_config'>

/** What an integration reads: secrets, then config. */
export function requirementsOf({ required_secrets, required_config }: Needs): Requirement[] {
  return [
    ...required_secrets.map((secret) => ({ ...secret, kind: 'secret' as const })),
    ...required_config.map((config) => ({ ...config, kind: 'config' as const })),
  ]
}

/** What it cannot do without and does not have. */
export function missingOf(needs: Needs): Requirement[] {
  return requirementsOf(needs).filter(({ required, is_set }) => required && !is_set)
}

/** The connections that nobody has made yet. */
export function unmadeOf({ connections }: Pick<Integration, 'connections'>): Integration['connections'] {
  return connections.filter(({ is_connected }) => !is_connected)
}

/** Why the integration cannot be asked anything yet; undefined where it can. */
export function credentialsObstacle(needs: Needs): string | undefined {
  const missing = missingOf(needs)
  return missing.length === 0 ? undefined : `Set ${missing.map(({ label }) => label).join(', ')} first.`
}
