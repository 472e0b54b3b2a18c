import { sql, type Transaction } from '../platform/database/database.ts'

/** Mappings of these integrations may be held by several organizations from now on. */
export async function shareMappings(transaction: Transaction, integrationNames: string[]): Promise<void> {
  await transaction.query(
    sql`update organization_mappings set is_shared = true where not is_shared and integration_name = any(${integrationNames})`,
  )
}

/**
 * Mappings of these integrations belong to one organization from now on. Where several hold the same external organization,
 * the oldest becomes the holder, which keeps others from joining; the rest stay as they are until someone deactivates them.
 *
 * @returns for each integration, how many external organizations are still held by several
 */
export async function unshareMappings(
  transaction: Transaction,
  integrationNames: string[],
): Promise<{ integration_name: string; held_by_several: number }[]> {
  await transaction.query(sql`
    update organization_mappings as mapping set is_shared = false
    where is_shared and integration_name = any(${integrationNames})
      and (not is_active or not exists (
        select from organization_mappings as other
        where other.integration_name = mapping.integration_name and other.external_org_id = mapping.external_org_id
          and other.is_active and other.id <> mapping.id
          and (not other.is_shared or (other.created_at, other.id) < (mapping.created_at, mapping.id))))`)
  return transaction.query(sql`
    select integration_name, count(distinct external_org_id)::int as held_by_several from organization_mappings
    where is_active and is_shared and integration_name = any(${integrationNames})
    group by integration_name order by integration_name`)
}
