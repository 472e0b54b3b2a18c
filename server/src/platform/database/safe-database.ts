import { isLoopbackName } from '../http/addresses.ts'
import { StartError } from '../start-error.ts'

/** What the driver reads of a parameter: the last of that name, and nothing where it is empty. */
const parameterOf = (url: URL, name: string): string | undefined => url.searchParams.getAll(name).at(-1) || undefined

/** Where the driver connects to. What the URL leaves open it reads from the environment. */
function hostOf(url: URL): string {
  return parameterOf(url, 'host') ?? (decodeURIComponent(url.hostname) || process.env.PGHOST || 'localhost')
}

/** True for a database that is reached without a network: by loopback or a socket file. */
function isHere(url: URL): boolean {
  const host = hostOf(url)
  return host.startsWith('/') || isLoopbackName(host.replace(/^\[|\]$/g, '').toLowerCase())
}

/** True where the driver takes TLS or nothing: with any `sslmode` but these two, it never continues without. */
function isEncrypted(url: URL): boolean {
  const mode = parameterOf(url, 'sslmode')
  if (mode !== undefined) return mode !== 'disable' && mode !== 'allow'
  return ['true', '1'].includes(parameterOf(url, 'ssl') ?? '') || parameterOf(url, 'sslnegotiation') === 'direct'
}

/**
 * Refuses a database whose password and data others could read on their way.
 *
 * @throws StartError plain_database_refused
 */
export function requireSafeDatabase({
  databaseUrl,
  allowsPlainDatabase,
}: {
  databaseUrl: string | null
  allowsPlainDatabase: boolean
}): void {
  if (databaseUrl === null || allowsPlainDatabase) return
  const url = new URL(databaseUrl)
  if (isHere(url) || isEncrypted(url)) return
  throw new StartError(
    'plain_database_refused',
    `DATABASE_URL leads to ${hostOf(url)} without TLS, so the password and all data would cross the network as plain text. Add sslmode=verify-full to it (and sslrootcert=<file> for an authority of your own). CROSSWALK_ALLOW_PLAIN_DATABASE=on takes the risk.`,
  )
}
