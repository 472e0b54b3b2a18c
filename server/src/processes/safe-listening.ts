import type { Environment } from '../platform/environment.ts'
import { isLoopback } from '../platform/http/addresses.ts'
import { StartError } from '../platform/start-error.ts'

/**
 * Refuses to listen where others could read passwords and keys on their way.
 *
 * @throws StartError plain_http_refused
 */
export function requireSafeListening(environment: Pick<Environment, 'host' | 'tls' | 'trustedProxies' | 'allowsPlainHttp'>): void {
  const { host, tls, trustedProxies, allowsPlainHttp } = environment
  const staysHere = isLoopback(host) || host === 'localhost' || host.endsWith('.localhost')
  if (staysHere || tls || trustedProxies.length > 0 || allowsPlainHttp) return
  throw new StartError(
    'plain_http_refused',
    `CROSSWALK_HOST is ${host}, so passwords and keys would cross the network as plain text. Set CROSSWALK_TLS_CERT and CROSSWALK_TLS_KEY to the files of a certificate, or name the proxy with TLS in CROSSWALK_TRUSTED_PROXIES. CROSSWALK_ALLOW_PLAIN_HTTP=on takes the risk.`,
  )
}
