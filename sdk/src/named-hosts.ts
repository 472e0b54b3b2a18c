import { isIP } from 'node:net'

/** What a field is called that holds an address, so that a bare name in it is one. Elsewhere a name may be a customer's domain. */
const addressField = /ur[il]|host|server|endpoint|origin|address|instance|base|site|domain_controller/i
/** What a field is called that holds an id, such as `site_id`: a word in it, of digits for instance, is no address. */
const idField = /(^|_)(id|number|code)s?$|Ids?$/
/** What author code may write around a text of a mapping. Nobody can own a name below `.invalid`. */
const around = 'vendor.invalid'

/** As `fetch` would call it. */
function hostOfUrl(text: string, base?: string): string | undefined {
  if (!URL.canParse(text, base)) return undefined
  return plainName(new URL(text, base).hostname)
}

function plainName(host: string): string | undefined {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return name === '' ? undefined : name
}

/** A name without a dot is known in no other network, and an address of 0.0.0.0/8 in none: `12/2026` is no host. */
function canBeElsewhere(host: string): boolean {
  if (isIP(host) === 4) return !host.startsWith('0.')
  return host.includes('.') || host.includes(':') || host === 'localhost'
}

/** Control characters and blanks, which the URL parser takes away. */
const edges = /^[\0- ]+|[\0- ]+$/g

/**
 * The hosts that a text names: as a URL, with a port or a path, or as an IP address. Judged by what the URL parser takes for a host where
 * the text is the URL, begins one (`https://${text}/`, `https://${text}.vendor.com/`) or continues one: it knows more spellings than we
 * do, and one text may have a host in each place.
 *
 * @param isBareName a name alone is one as well
 */
export function hostsOf(given: string, isBareName: boolean): Set<string> {
  // What the parser leaves out wherever it stands.
  const text = given.replace(/[\t\n\r]/g, '').replace(edges, '')
  return new Set([text, text.trim()].flatMap((each) => hostsAt(each, isBareName)))
}

function hostsAt(text: string, isBareName: boolean): string[] {
  const written = [hostOfUrl(text), isIP(text.replace(/^\[|\]$/g, '')) === 0 ? undefined : plainName(text)]
  if (/^[a-z][a-z0-9+.-]*:[\\/]{2}/i.test(text)) written.push(hostOfUrl(text.replace(/^[^:]*/, 'https')))
  const made = [
    /^[\\/]{2}/.test(text) ? hostOfUrl(text, `https://${around}`) : undefined,
    hostOfUrl(`https://${text}.${around}`),
    // A port, behind which nothing can be written but a path.
    isBareName || /:\d*$/.test(text) ? hostOfUrl(`https://${text}/`) : undefined,
    // Behind a whole host: `.example.com` makes another one of it, and `@example.com` a name and a password.
    /^(\.[^.]+\.|[:@])/.test(text) ? hostOfUrl(`https://x${text}`) : undefined,
  ].filter((host) => host !== undefined && canBeElsewhere(host) && !host.endsWith(`.${around}`))
  return [...written, ...made].filter((host) => host !== undefined)
}

/** Every host that data names. */
export function hostsIn(data: unknown, isAddress = false): Set<string> {
  const hosts = new Set<string>()
  const seen = new Set<object>()
  const waiting: { value: unknown; isAddress: boolean; isId: boolean }[] = [{ value: data, isAddress, isId: false }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, isAddress, isId } = next
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value)
      for (const host of hostsOf(text, isAddress && !(isId && /^\w*$/.test(text)))) hosts.add(host)
    } else if (value !== null && typeof value === 'object' && !seen.has(value)) {
      seen.add(value)
      const isList = Array.isArray(value)
      for (const [key, item] of Object.entries(value)) {
        if (!isList) waiting.push({ value: key, isAddress: false, isId: false })
        waiting.push({
          value: item,
          isAddress: isAddress || (!isList && addressField.test(key)),
          isId: isList ? isId : idField.test(key),
        })
      }
    }
  }
  return hosts
}

/** Every host that a mapping names: its data, and the id of the organization elsewhere, of which a URL may be made as well. */
export function hostsOfMapping(externalOrgId: string, mappingData: unknown): Set<string> {
  return hostsIn(mappingData).union(hostsOf(externalOrgId, false))
}

/** Whether names, of which `*.example.com` is any below, have a host. */
export function isNamed(host: string, names: Iterable<string>): boolean {
  for (const name of names) {
    const known = name.toLowerCase()
    if (known === host || (known.startsWith('*.') && host.endsWith(known.slice(1)))) return true
  }
  return false
}
