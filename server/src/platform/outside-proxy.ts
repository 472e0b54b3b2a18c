import { isIP } from 'node:net'
import { hostKey, isAllowedBy, parseEgressRule } from './egress-rules.ts'

/** A proxy of the operator's, through which the outside is reached. */
export type OutsideProxy = {
  host: string
  port: number
  isSecure: boolean
  /** The header by which it knows us. Null where its URL has no name and password. */
  authorization: string | null
}

/** The operator's proxies, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name them. */
export type OutsideProxies = {
  https: OutsideProxy | null
  http: OutsideProxy | null
  /** True of what is reached without them. */
  isDirect(host: string, port: number): boolean
}

/** Why a proxy cannot be used, with the name of its variable. */
export type ProxyProblem = { variable: string; problem: string }

/** This machine is never reached through a proxy. */
const own = ['localhost', '127.0.0.0/8', '::1'].flatMap((entry) => parseEgressRule(entry) ?? [])

/** @param env of which the names in small letters go first, as with other programs */
export function readProxies(env: NodeJS.ProcessEnv): OutsideProxies | ProxyProblem {
  const given = (name: string): [string, string] => {
    const small = name.toLowerCase()
    return env[small] ? [small, env[small]] : [name, env[name] ?? '']
  }
  const [https, http] = [parseProxy(...given('HTTPS_PROXY')), parseProxy(...given('HTTP_PROXY'))]
  if (https && 'problem' in https) return https
  if (http && 'problem' in http) return http
  return { https, http, isDirect: directRule(given('NO_PROXY')[1]) }
}

function parseProxy(variable: string, text: string): OutsideProxy | ProxyProblem | null {
  if (text === '') return null
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (!url || url.hostname === '') return { variable, problem: 'is no URL' }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { variable, problem: `names a proxy of ${url.protocol.slice(0, 20)}, and only http: and https: are spoken` }
  const isSecure = url.protocol === 'https:'
  const named = namedIn(url)
  if (named === undefined) return { variable, problem: 'is no URL' }
  const authorization = named === ':' ? null : `Basic ${Buffer.from(named).toString('base64')}`
  return { host: hostKey(url.hostname), port: Number(url.port) || (isSecure ? 443 : 80), isSecure, authorization }
}

function namedIn({ username, password }: URL): string | undefined {
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    return undefined
  }
}

/** `*`, names with all that is below them, addresses and networks, each but a network with a port if wanted. */
function directRule(text: string): OutsideProxies['isDirect'] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  if (entries.includes('*')) return () => true
  const rules = entries.flatMap((entry) => parseEgressRule(entry.replace(/^\*?\./, '')) ?? [])
  return (given, port) => {
    const host = hostKey(given)
    if (host.endsWith('.localhost')) return true
    // `example.com` is what is below it, too.
    const names = isIP(host) === 0 ? host.split('.').map((_, index, labels) => labels.slice(index).join('.')) : [host]
    return isAllowedBy([...own, ...rules], { names, address: host, port })
  }
}
