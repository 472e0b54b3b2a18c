import { BlockList, isIP, isIPv6 } from 'node:net'

/** One entry of CROSSWALK_EGRESS_ALLOW. `port` null is any port. */
export type EgressRule =
  | { kind: 'host'; host: string; port: number | null }
  | { kind: 'network'; address: string; bits: number; port: number | null }

/** This machine itself, as an entry each: for development, where simulated vendors run beside the platform. */
export const loopback = 'localhost,127.0.0.0/8,::1'

/** A host name as it is compared: lower case, without the dot at its end. Addresses come without brackets. */
export function hostKey(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return bare.toLowerCase().replace(/\.$/, '')
}

/**
 * Reads one entry: a host name, an address, a network as `10.0.0.0/8`, each but the network with a port if wanted. Undefined where it is
 * none of these.
 */
export function parseEgressRule(text: string): EgressRule | undefined {
  const network = /^\[?([0-9A-Fa-f.:]+)\]?\/(\d{1,3})$/.exec(text)
  if (network) {
    const [, address = '', bits = ''] = network
    const maxBits = isIPv6(address) ? 128 : 32
    return isIP(address) !== 0 && Number(bits) <= maxBits ? { kind: 'network', address, bits: Number(bits), port: null } : undefined
  }
  if (isIP(text) !== 0) return { kind: 'network', address: text, bits: isIPv6(text) ? 128 : 32, port: null }
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]/\s]+)(?::(\d{1,5}))?$/.exec(text)
  if (!parts) return undefined
  const [, given = '', portText] = parts
  const host = hostKey(given)
  const port = portText === undefined ? null : Number(portText)
  if (port !== null && (port < 1 || port > 65_535)) return undefined
  if (isIP(host) !== 0) return { kind: 'network', address: host, bits: isIPv6(host) ? 128 : 32, port }
  return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(host) ? { kind: 'host', host, port } : undefined
}

/** Whether the operator allows an address, or the name that led to it. `names` as `hostKey` makes them. */
export function isAllowedBy(rules: readonly EgressRule[], target: { names: readonly string[]; address: string; port: number }): boolean {
  const { names, address, port } = target
  return rules.some((rule) => {
    if (rule.port !== null && rule.port !== port) return false
    return rule.kind === 'host' ? names.includes(rule.host) : isWithinNetwork(rule, address)
  })
}

/** Whether an entry names exactly this port of the host or address. */
export function isPortNamedBy(rules: readonly EgressRule[], target: { names: readonly string[]; address: string; port: number }): boolean {
  return isAllowedBy(
    rules.filter((rule) => rule.port !== null),
    target,
  )
}

const networks = new WeakMap<object, BlockList>()

function isWithinNetwork(rule: Extract<EgressRule, { kind: 'network' }>, address: string): boolean {
  const family = isIPv6(rule.address) ? 'ipv6' : 'ipv4'
  let list = networks.get(rule)
  if (!list) {
    list = new BlockList()
    list.addSubnet(rule.address, rule.bits, family)
    networks.set(rule, list)
  }
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
