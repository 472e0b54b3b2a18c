// The least that answers with rows of a table over HTTP: Fastify and pg, prepared statements, no authentication, no tenants.
import fastify from 'fastify'
import pg from 'pg'
import { answering } from './answering.ts'

const pool = new pg.Pool({ connectionString: process.argv[2], max: 20 })
const app = fastify()
const columns = `id, organization_id as org_id, integration_name, external_org_id, external_org_name, mapping_data, is_active, created_at, created_by, updated_at, updated_by,
  last_tested_at, last_test_success, last_test_result`

app.get<{ Params: { id: string } }>('/one/:id', async ({ params }) => {
  const { rows } = await pool.query({ name: 'one', text: `select ${columns} from bare_mappings where id = $1`, values: [params.id] })
  return rows[0]
})
app.get<{ Params: { id: string } }>('/list/:id', async ({ params }) => {
  const { rows } = await pool.query({
    name: 'list',
    text: `select ${columns} from bare_mappings where organization_id = $1 and is_active order by id limit 51`,
    values: [params.id],
  })
  return { mappings: rows, count: rows.length, next_cursor: null }
})

answering({ url: await app.listen({ host: '127.0.0.1', port: 0 }) }, async () => ({}))
