import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { platformError } from '../errors.ts'
import { isLoopback, isLoopbackName } from './addresses.ts'

/** Says nothing of anyone, and is asked by tools that call this machine by names of their own. */
const askedByAnyName = new Set(['/healthz', '/readyz'])

/** The name of a `Host` header, without the port. */
function nameOf(host: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host)
  return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).replace(/\.$/, '').toLowerCase()
}

/**
 * Refuses what was sent to a name that is not ours. A page elsewhere can have its own name lead to this machine, and would then be asked by
 * a browser as if it were our page; its requests name it. An address cannot be made to lead elsewhere.
 *
 * @param hosts the names that this installation has beside those of loopback
 * @throws host_not_allowed
 */
export function requireOwnHost(hosts: ReadonlySet<string>, request: FastifyRequest): void {
  const { host } = request.headers
  if (host === undefined || askedByAnyName.has(request.url.split('?')[0] ?? '')) return
  const name = nameOf(host)
  if (isIP(name) !== 0 || isLoopbackName(name) || hosts.has(name)) return
  const shown = name.slice(0, 200)
  throw platformError(
    'host_not_allowed',
    { host: shown },
    `This installation is not known by the name '${shown}'. Use its address, or add the name to CROSSWALK_PUBLIC_HOSTS and start it again.`,
  )
}

const forwarding = new Set(['forwarded', 'x-real-ip', 'true-client-ip', 'cf-connecting-ip', 'via'])
/** Any of what proxies add: one that says no more than that TLS was in front is one, too. */
const isForwarded = (headers: IncomingHttpHeaders) =>
  Object.keys(headers).some((name) => name.startsWith('x-forwarded-') || forwarding.has(name))

/**
 * True for a name that who asks has not chosen: one of this installation, or this machine's where it asks itself. Any address is
 * answered; a link that is mailed to somebody else must not lead there.
 */
export function isOwnName(hosts: readonly string[], { headers, address }: { headers: IncomingHttpHeaders; address: string }): boolean {
  const name = nameOf(headers.host ?? '')
  return hosts.some((own) => own.toLowerCase() === name) || (isLoopbackName(name) && isThisMachine({ headers, address }))
}

/** The same from what a handler is given. */
export function isThisMachine({ headers, address }: { headers: IncomingHttpHeaders; address: string }): boolean {
  if (!isLoopback(address) || isForwarded(headers)) return false
  return headers.host === undefined || isLoopbackName(nameOf(headers.host))
}

/** True for what a program on this machine asks, and not a proxy on it for somebody elsewhere. */
export function isFromThisMachine(request: FastifyRequest): boolean {
  return isThisMachine({ headers: request.headers, address: request.socket.remoteAddress ?? '' })
}
