import pg from 'pg'
import { copyInto, copyText } from './copy.ts'
import type { Installation } from './installation.ts'

const floorTable = 'bench_floor'

/** The rows that a discovery has written, to be written again by nothing but COPY: below that no discovery can be. */
export async function startFloor(platform: Installation, integrationName: string) {
  const client = new pg.Client({ connectionString: platform.databaseUrl })
  await client.connect()
  // Row-level security holds for the owner of the tables too: without a scope there is nothing to copy.
  await client.query("set crosswalk.scope = 'all'")
  await client.query(`drop table if exists ${floorTable}; create table ${floorTable} (like external_organizations including all)`)
  const { rows } = await client.query<object>('select * from external_organizations where integration_name = $1', [integrationName])
  if (rows.length === 0) throw new Error(`There are no organizations of ${integrationName} to copy.`)
  const bytes = copyText(rows)
  return {
    async write(): Promise<void> {
      await client.query(`truncate ${floorTable}`)
      await copyInto(client, floorTable, bytes)
    },
    stop: () => client.end(),
  }
}
