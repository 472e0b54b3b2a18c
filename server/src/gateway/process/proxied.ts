import { isIP, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { hostKey, isAllowedBy } from '../../platform/egress-rules.ts'
import type { OutsideProxies, OutsideProxy } from '../../platform/outside-proxy.ts'
import { placeOf, placeOfOrigin, refuseAddress, refusePlainText, refuseUndeclared, refuseWithoutPass } from '../messages/refusals.ts'
import { type Caller, connectDirectly, isDeclared, judgedAddresses, type Rules, type Target } from './outside.ts'

const handshakeMs = 10_000
const maxAnswerBytes = 16 * 1024
/** Names that mean something inside alone, wherever they are looked up. */
const insideName = /(^|\.)(localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/

/** The proxy that leads to a target, if one does. */
export function proxyTo(proxies: OutsideProxies, isSecure: boolean, { host, port }: Target): OutsideProxy | null {
  const proxy = isSecure ? proxies.https : proxies.http
  return proxy && !proxies.isDirect(host, port) ? proxy : null
}

/**
 * Judges a target whose name a proxy looks up: by its name, or by the address that is written in its place.
 *
 * @returns the host in its one spelling
 * @throws EgressRefusal
 */
export async function judgeByName(target: Target, rules: Rules, caller: Caller): Promise<string> {
  // What a proxy could take for an address, such as `0x7f.1`, is written as one.
  const host = hostKey(URL.parse(`http://${target.host}`)?.hostname ?? target.host)
  const { port } = target
  if (isIP(host) !== 0) {
    await judgedAddresses({ ...target, host }, 0, rules, caller)
    return host
  }
  if (!caller.hasPass) throw refuseWithoutPass(host, port)
  if (isAllowedBy(rules.allow, { names: [host], address: host, port })) return host
  const { declared } = caller
  if (declared && !isDeclared(declared.hosts, host)) throw refuseUndeclared({ host, port, ...declared })
  if (!host.includes('.') || insideName.test(host)) throw refuseAddress({ host, port, address: host, why: 'a name of an inside network' })
  if (target.hasOpenCredentials) throw refusePlainText({ host, port })
  return host
}

/** A connection to the proxy itself. The operator has named it: it is not judged. */
export async function connectToProxy(proxy: OutsideProxy, lookUp: Rules['lookUp'], signal?: AbortSignal): Promise<Socket> {
  const addresses =
    isIP(proxy.host) === 0
      ? await lookUp(proxy.host, 0, 'proxy')
      : [{ address: proxy.host, family: isIP(proxy.host) === 6 ? (6 as const) : (4 as const) }]
  const socket = await connectDirectly(proxy, addresses, signal ? { signal } : {}).catch((error: Error) => {
    throw proxyFailed(proxy, `could not be reached: ${error.message}`, error)
  })
  if (!proxy.isSecure) return socket
  const secure = connectSecure({ socket, servername: isIP(proxy.host) === 0 ? proxy.host : '', ALPNProtocols: ['http/1.1'] })
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve)
    secure.once('error', (error) => reject(proxyFailed(proxy, `made no secure connection: ${error.message}`, error)))
  })
  return secure
}

/**
 * A connection through a proxy, to a target that was judged by its name.
 *
 * @throws EgressRefusal; an error with the code `proxy_failed`
 */
export async function connectThrough(
  proxy: OutsideProxy,
  target: Target,
  rules: Rules,
  caller: Caller,
  signal?: AbortSignal,
): Promise<Socket> {
  const place = placeOf(await judgeByName(target, rules, caller), target.port)
  const socket = await connectToProxy(proxy, rules.lookUp, signal)
  try {
    const authorization = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`
    socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n${authorization}\r\n`)
    const head = await headOf(socket, proxy)
    const [, status = ''] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? []
    if (status.startsWith('2')) return socket
    throw proxyFailed(proxy, status === '' ? 'does not speak HTTP' : `answered ${status} where it was to connect to ${place}`)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Reads to the end of the head, and leaves what follows in the socket. */
function headOf(socket: Socket, proxy: OutsideProxy): Promise<string> {
  const answer = Promise.withResolvers<string>()
  let read = Buffer.alloc(0)
  const onReadable = () => {
    for (let chunk = socket.read() as Buffer | null; chunk; chunk = socket.read() as Buffer | null) {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n\r\n')
      if (end !== -1) {
        if (read.length > end + 4) socket.unshift(read.subarray(end + 4))
        return answer.resolve(read.subarray(0, end).toString('latin1'))
      }
      if (read.length > maxAnswerBytes) return answer.reject(proxyFailed(proxy, 'answered with too long a head'))
    }
  }
  const onEnd = () => answer.reject(proxyFailed(proxy, 'closed the connection'))
  const timer = setTimeout(() => answer.reject(proxyFailed(proxy, 'did not answer in time')), handshakeMs)
  socket.on('readable', onReadable).once('end', onEnd).once('close', onEnd).once('error', onEnd)
  return answer.promise.finally(() => {
    clearTimeout(timer)
    socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onEnd)
  })
}

/** `fetch` throws an error without a word where an answer has the status 407: of a request over http: it is the proxy's own. */
export function answered407({ proxies }: Rules, origin: string): Error {
  const { host, port } = placeOfOrigin(origin)
  const proxy = proxies && origin.startsWith('http:') ? proxyTo(proxies, false, { host, port }) : null
  if (proxy) return proxyFailed(proxy, `answered 407 where it was to ask ${placeOf(host, port)}`)
  return Object.assign(new Error('it answered 407, as only a proxy does'), { name: 'ProxyFailed', code: 'proxy_failed' })
}

function proxyFailed({ host, port }: OutsideProxy, what: string, cause?: Error): Error {
  return Object.assign(new Error(`the proxy ${placeOf(host, port)} ${what}`, { cause }), { name: 'ProxyFailed', code: 'proxy_failed' })
}
