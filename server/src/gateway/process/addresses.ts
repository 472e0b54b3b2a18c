import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** Why an address is not one of the public internet, in words for a sentence: "it is …". */
export type NotPublic = string

const words: Record<string, string> = {
  loopback: 'an address of this machine itself',
  unspecified: 'an address of this machine itself',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address, as of cloud metadata',
  carrierGradeNat: 'an address of a provider’s own network',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
}

/** Public by their number, and yet the metadata service of a cloud. */
const metadataAddresses = new Set(['168.63.129.16'])
/** Global unicast, the only part of IPv6 that leads to the internet. */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** An address in its one spelling: an IPv4 address that is written as IPv6 is IPv4, and NAT64 the address that it stands for. */
export function plainAddress(address: string): string {
  const parsed = ipaddr.process(address.replace(/%.*$/, ''))
  if (parsed.kind() === 'ipv6' && parsed.range() === 'rfc6052') return ipaddr.fromByteArray(parsed.toByteArray().slice(12)).toString()
  return parsed.toString()
}

/** Undefined where the address is one of the public internet. */
export function notPublic(address: string): NotPublic | undefined {
  const plain = plainAddress(address)
  const parsed = ipaddr.parse(plain)
  if (metadataAddresses.has(plain)) return 'the metadata service of a cloud'
  const range = parsed.range()
  if (range !== 'unicast' || (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)))
    return words[range] ?? 'an address with a special meaning, not of the internet'
  return isOwn(plain) ? 'an address of this machine itself' : undefined
}

const rememberMs = 5_000
let own = { untilMs: 0, addresses: new Set<string>() }

/** A machine's public address leads to what listens on it, behind its own firewall. */
function isOwn(address: string): boolean {
  const now = performance.now()
  if (now >= own.untilMs) {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => plainAddress(one.address)))
    own = { untilMs: now + rememberMs, addresses: new Set(addresses) }
  }
  return own.addresses.has(address)
}
