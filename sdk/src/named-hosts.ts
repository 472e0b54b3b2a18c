import { isIP } from 'node:net'

const hostName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]\.?$/i
/** What a field is called that holds an address, so that a bare name in it is one. Elsewhere a name may be a customer's domain. */
const addressField = /ur[il]|host|server|endpoint|origin|address|instance|base|site|domain_controller/i
const maxValues = 10_000

function hostOfUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  return plainName(new URL(text).hostname)
}

function plainName(host: string): string | undefined {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return name === '' ? undefined : name
}

/** The host that a text names: as a URL, with a port or a path, or as an IP address. @param isBareName a name alone is one as well */
export function hostOf(given: string, isBareName: boolean): string | undefined {
  const text = given.trim()
  if (/^[a-z][a-z0-9+.-]*:[\\/]{2}/i.test(text)) return hostOfUrl(text) ?? hostOfUrl(text.replace(/^[^:]*/, 'https'))
  if (/^[\\/]{2}[^\\/]/.test(text)) return hostOfUrl(`https:${text}`)
  if (isIP(text.replace(/^\[|\]$/g, '')) !== 0) return plainName(text)
  if (/^\[[0-9a-f:.]+\](:\d+)?([/?#]|$)/i.test(text)) return hostOfUrl(`https://${text}`)
  if (/\s/.test(text) || text.includes('@')) return isBareName ? hostOfUrl(`https://${text}`) : undefined
  const [name = '', rest = ''] = /^([^:/?#\\]+)(.*)$/s.exec(text)?.slice(1) ?? []
  const isName = hostName.test(name) || isIP(name) !== 0 || name.toLowerCase() === 'localhost'
  if (!isName || !(rest === '' ? isBareName : /^(:\d{1,5})?([/?#\\]|$)/.test(rest))) return undefined
  return hostOfUrl(`https://${name}`)
}

/** Every host that data names. */
export function hostsIn(data: unknown, isAddress = false): Set<string> {
  const hosts = new Set<string>()
  const waiting: { value: unknown; isAddress: boolean }[] = [{ value: data, isAddress }]
  for (let count = 0; waiting.length > 0 && count < maxValues; count++) {
    const { value, isAddress } = waiting.pop() as { value: unknown; isAddress: boolean } // there is one
    if (typeof value === 'string') {
      const host = hostOf(value, isAddress)
      if (host !== undefined) hosts.add(host)
    } else if (value !== null && typeof value === 'object') {
      const isList = Array.isArray(value)
      for (const [key, item] of Object.entries(value))
        waiting.push({ value: item, isAddress: isAddress || (!isList && addressField.test(key)) })
    }
  }
  return hosts
}

/** Whether names, of which `*.example.com` is any below, have a host. */
export function isNamed(host: string, names: Iterable<string>): boolean {
  for (const name of names) {
    const known = name.toLowerCase()
    if (known === host || (known.startsWith('*.') && host.endsWith(known.slice(1)))) return true
  }
  return false
}
