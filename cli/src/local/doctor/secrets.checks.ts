import { type Finding, fail, ok, warn } from './finding.ts'

export type VaultFacts = { state: 'none' } | { state: 'open'; host: string } | { state: 'closed'; host: string; reason: string }

export function checkVault(backend: 'database' | 'azure-key-vault', facts: VaultFacts): Finding {
  const check = 'Secrets'
  if (facts.state === 'none') return ok(check, 'kept in the database')
  if (facts.state === 'closed')
    return fail(
      check,
      `The vault ${facts.host} cannot be used. ${facts.reason}`,
      'Workers cannot read what lies in it until it answers. See the guide under "Secrets in Azure Key Vault" in docs/operating.md.',
    )
  if (backend === 'database') return ok(check, `new ones are kept in the database; ${facts.host} is read from`)
  return ok(check, `kept in Azure Key Vault, ${facts.host}`)
}

type Expiring = { key: string; organization: string | null; expiresAt: Date }

/** Undefined where the database was not looked at. */
export type ExpiringFacts = Expiring[] | undefined

const maxNamed = 5

/** What expires within 14 days, or has expired. */
export function checkExpiring(facts: ExpiringFacts, now: Date): Finding {
  const check = 'Secrets that expire'
  if (facts === undefined) return ok(check, 'not looked at')
  if (facts.length === 0) return ok(check, 'none within 14 days')
  const said = facts
    .slice(0, maxNamed)
    .map(({ key, organization, expiresAt }) => {
      const verb = expiresAt <= now ? 'expired' : 'expires'
      return `${key} ${organization === null ? '(global)' : `of ${organization}`} ${verb} ${expiresAt.toISOString().slice(0, 10)}`
    })
    .join(', ')
  const more = facts.length > maxNamed ? ', and more' : ''
  return warn(check, `${said}${more}.`, 'Get new ones from the vendors and set them: crosswalk secrets set <key> --expires <time>')
}
