import { isLoopbackName } from '../http/addresses.ts'
import { StartError } from '../start-error.ts'

/** True for a database that is reached without a network: by loopback or a socket file. */
function isHere(url: URL): boolean {
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return host === '' || host.startsWith('/') || isLoopbackName(host.replace(/^\[|\]$/g, '').toLowerCase())
}

/** True where the driver takes TLS or nothing: with any `sslmode` but these two, it never continues without. */
function isEncrypted({ searchParams }: URL): boolean {
  const mode = searchParams.get('sslmode')
  if (mode !== null) return mode !== 'disable' && mode !== 'allow'
  return ['true', '1'].includes(searchParams.get('ssl') ?? '') || searchParams.get('sslnegotiation') === 'direct'
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
    `DATABASE_URL leads to ${url.hostname || url.searchParams.get('host')} without TLS, so the password and all data would cross the network as plain text. Add sslmode=verify-full to it (and sslrootcert=<file> for an authority of your own). CROSSWALK_ALLOW_PLAIN_DATABASE=on takes the risk.`,
  )
}
