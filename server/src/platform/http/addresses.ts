import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** An address as it is compared: IPv4 that came through an IPv6 socket is IPv4. */
function plainAddress(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.[1] ?? address.split('%')[0] ?? ''
}

export function isIn(list: BlockList, address: string | undefined): boolean {
  const plain = plainAddress(address ?? '')
  if (isIPv4(plain)) return list.check(plain, 'ipv4')
  return isIPv6(plain) && list.check(plain, 'ipv6')
}

export function isLoopback(address: string | undefined): boolean {
  return isIn(loopback, address)
}

/** True for a name or address of this machine, in lower case and without brackets. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)
}

/** Addresses and networks, as `10.0.0.1` and `fd00::/8`. Undefined where one of them is neither. */
export function addressList(texts: readonly string[]): BlockList | undefined {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits, ...more] = text.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const maxBits = family === 'ipv6' ? 128 : 32
    if (isIP(address) === 0 || more.length > 0) return undefined
    if (bits === undefined) list.addAddress(address, family)
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits) list.addSubnet(address, Number(bits), family)
    else return undefined
  }
  return list
}

/** What limits are counted by: an IPv4 address, or the 64 bits of an IPv6 one that a single connection to the internet gets. */
export function sourceOf(address: string | undefined): string {
  const plain = plainAddress(address ?? '')
  if (!plain.includes(':') || !isIPv6(plain)) return plain || 'unknown'
  const [head = '', tail] = plain.toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  const groups = [...first, ...zeros, ...last].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
