import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { applicationRole, listedRole, sessionOptions } from './database.ts'

/**
 * Makes a database role for workers, with a new password: it may act as the application role and has no rights of its own, so that a worker
 * cannot become the owner. Safe to repeat: the role is one for each installation, and its earlier password is void.
 *
 * @param name letters, digits and underscores
 * @returns its URL; undefined where the owner may not make roles, or the role may not sign in
 */
export async function makeWorkerRole(ownerUrl: string, name: string): Promise<string | undefined> {
  if (!/^[a-z0-9_]{1,63}$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of a role.`)
  const password = randomBytes(24).toString('base64url')
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'crosswalk migrate' })
  owner.on('error', () => {})
  try {
    await owner.connect()
    await owner.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if;
    end $$`)
    await owner.query(`alter role ${name} with login noinherit nocreatedb nocreaterole password '${password}'`)
    await owner.query(`grant ${applicationRole}, ${listedRole} to ${name}`)
  } catch {
    return undefined
  } finally {
    await owner.end()
  }
  const url = new URL(ownerUrl)
  url.username = name
  url.password = password
  return (await signsIn(url.href)) ? url.href : undefined
}

async function signsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, options: sessionOptions, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
