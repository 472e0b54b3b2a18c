import pg from 'pg'

/** Ends every connection to a database but its own, as a server does that is told to. */
export async function cutConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = session_user and pid <> pg_backend_pid()',
  )
  await client.end()
}
