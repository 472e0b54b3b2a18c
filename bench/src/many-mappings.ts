import pg from 'pg'

const perOrganization = 20
const statementSize = 100_000

const hex = (number: number) => number.toString(16).padStart(12, '0')
/** Organizations and mappings are numbered, and their ids, which grow as real ones do, have the number in them. */
export const organizationId = (number: number) => `01900000-0000-7000-8000-${hex(number)}`
export const mappingId = (number: number) => `01900000-0001-7000-8000-${hex(number)}`
const idOf = (prefix: string, number: string) => `('${prefix}' || lpad(to_hex(${number}), 12, '0'))::uuid`

/** The number of the organization that holds a mapping. */
export const holderOf = (mapping: number) => Math.floor(mapping / perOrganization)

/** Fills a migrated database with so many mappings, twenty for each organization. */
export async function fillMappings(databaseUrl: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query("set crosswalk.scope = 'all'")
    await client.query(`
      insert into organizations (id, name, domains)
      select ${idOf('01900000-0000-7000-8000-', 'n')}, 'Organization ' || n, array['org' || n || '.example'] from generate_series(0, ${Math.ceil(count / perOrganization) - 1}) n`)
    for (let from = 0; from < count; from += statementSize) {
      await client.query(`
        insert into organization_mappings (id, organization_id, integration_name, external_org_id, external_org_name, mapping_data, created_by, updated_by)
        select ${idOf('01900000-0001-7000-8000-', 'n')}, ${idOf('01900000-0000-7000-8000-', `n / ${perOrganization}`)}, 'bench_' || n % ${perOrganization}, 'external-' || n, 'External organization ' || n,
          jsonb_build_object('api_base_url', 'https://api.example.com/v1', 'region', 'eu-' || n % 4), 'bench', 'bench'
        from generate_series(${from}, ${Math.min(from + statementSize, count) - 1}) n`)
    }
    await client.query('vacuum analyze organizations, organization_mappings')
  } finally {
    await client.end()
  }
}
