import { getOrganization } from '@crosswalk/client'
import { Option } from 'commander'
import type { Cli } from '../cli.ts'
import type { Column } from '../output/table.ts'
import { organizationIdOf } from './organization-reference.ts'

/** Says what is so anyway without `--org`. */
export const globalOption = new Option('--global', 'for all organizations, as without --org').conflicts('org')

/** Whose a secret or config value is, as the API wants it. */
export async function scopeOf(
  cli: Cli,
  organization: string | undefined,
): Promise<{ scope: 'global' } | { scope: 'organization'; org_id: string }> {
  return organization === undefined ? { scope: 'global' } : { scope: 'organization', org_id: await organizationIdOf(cli, organization) }
}

/** For whom a value was set, in words: by name, however the organization was given. */
export async function ownerInWords(cli: Cli, organizationId: string | null): Promise<string> {
  if (organizationId === null) return 'for all organizations'
  // It is set already: what cannot be read of the organization is no failure.
  const organization = await getOrganization(organizationId, await cli.call()).catch(() => undefined)
  return organization === undefined ? `for the organization ${organizationId}` : `for ${organization.name}`
}

/** The filter of a list of values. */
export async function scopeFilterOf(cli: Cli, options: { org?: string; global?: boolean }): Promise<{ org_id?: string; scope?: 'global' }> {
  if (options.org !== undefined) return { org_id: await organizationIdOf(cli, options.org) }
  return options.global ? { scope: 'global' } : {}
}

type Value = { key: string; scope: string; org_id: string | null; updated_at: string; updated_by: string }

export const scopeColumn: Column<Value> = { title: 'SCOPE', value: ({ org_id }) => org_id ?? 'global', isWhole: true }
