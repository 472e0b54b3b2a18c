import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { Option } from './option.ts'

/** Which options: of a provider, for an organization, with parameters that hash so. */
export type OptionsKey = { providerName: string; organizationId: string; parametersHash: string }

export async function findCachedOptions(db: Database, key: OptionsKey): Promise<{ options: Option[]; cached_at: Date } | undefined> {
  const rows = await readInScope<{ options: Option[]; cached_at: Date }>(
    db,
    { organizationId: key.organizationId },
    sql`
    select options, cached_at from data_provider_cache
    where provider_name = ${key.providerName} and organization_id = ${key.organizationId} and parameters_hash = ${key.parametersHash} and expires_at > now()`,
  )
  return rows[0]
}

/** Keeps options for this time, in place of older ones; and drops what has expired of the same provider and organization. */
export async function upsertCachedOptions(
  transaction: Transaction,
  key: OptionsKey,
  options: Option[],
  cacheSeconds: number,
): Promise<void> {
  await transaction.query(sql`
    delete from data_provider_cache where provider_name = ${key.providerName} and organization_id = ${key.organizationId} and expires_at <= now()`)
  await transaction.query(sql`
    insert into data_provider_cache (provider_name, organization_id, parameters_hash, options, cached_at, expires_at)
    values (${key.providerName}, ${key.organizationId}, ${key.parametersHash}, ${JSON.stringify(options)}, now(), now() + make_interval(secs => ${cacheSeconds}))
    on conflict (provider_name, organization_id, parameters_hash) do update
    set options = excluded.options, cached_at = excluded.cached_at, expires_at = excluded.expires_at`)
}
