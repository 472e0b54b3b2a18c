import type { FieldValues } from '../organizations/organization-field.ts'
import { sql, type Transaction } from '../platform/database/database.ts'
import { advisoryLocks } from '../platform/database/locks.ts'

export type KnownOrganization = {
  id: string
  name: string
  domains: string[]
  tenant_id: string | null
  tags: string[]
  fields: FieldValues
}

/** Every organization in the transaction's scope. */
export function listKnownOrganizations(transaction: Transaction): Promise<KnownOrganization[]> {
  return transaction.query(selectKnown)
}

const selectKnown = sql`select id, name, domains, tenant_id, tags, fields from organizations order by id`

/**
 * The same to write by. Nobody else imports or changes one of them until the transaction ends: of a file that is sent twice the second
 * finds what the first has added, and a tag that was taken away meanwhile is not set again.
 */
export async function holdKnownOrganizations(transaction: Transaction): Promise<KnownOrganization[]> {
  await transaction.query(sql`select pg_advisory_xact_lock(${advisoryLocks.organizationImport})`)
  return transaction.query(sql`${selectKnown} for no key update`)
}

export type Holder = { external_org_id: string; organization_id: string }

/** Who in the transaction's scope is mapped to these external organizations. */
export function listHolders(transaction: Transaction, integrationName: string, externalIds: readonly string[]): Promise<Holder[]> {
  return transaction.query(sql`
    select external_org_id, organization_id from organization_mappings
    where integration_name = ${integrationName} and is_active and external_org_id = any(${externalIds}::text[])`)
}
