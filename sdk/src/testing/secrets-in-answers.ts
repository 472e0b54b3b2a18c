/** Names of what lets somebody in, wherever a vendor writes them. */
const secretName = /(token|secret|passw(or)?d|passphrase|api[-_]?key|private[-_]?key|access[-_]?key|jwt|assertion|credential|signature)$/i
/** Where a list continues: the code that reads it must tell one such place from another. */
const placeName = /(page|next|prev(ious)?|cursor|continuation|skip|sync|delta|resume)/i

const inAddresses = /(?:^|[?&#])([\w-]*(?:token|secret|password|api[-_]?key|signature|assertion|credential)|sig)=([^&#"'\s<>\\]+)/gi
const jwts = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g
const ofSchemes = /\b(?:Bearer|Basic) ([\w.~+/=-]{16,})/g
const privateKeys = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/g

/** A shorter value is more likely a flag or a kind. */
const minChars = 8

/**
 * What an answer has that lets somebody in and that no test has given: tokens that a vendor hands out at a sign-in of its own, signed
 * addresses of files, keys. Found by what it is called, or by what it looks like.
 */
export function secretsInAnswer(headers: readonly (readonly [string, string])[], text: string): string[] {
  const found = new Set<string>()
  const take = (name: string, value: string) => {
    if (value.length >= minChars && !placeName.test(name)) found.add(value)
  }
  const look = (value: unknown, name: string) => {
    if (typeof value === 'string') {
      if (secretName.test(name)) take(name, value)
      for (const [, called = '', secret = ''] of value.matchAll(inAddresses)) take(called, secret)
      for (const pattern of [jwts, privateKeys]) for (const [secret] of value.matchAll(pattern)) take('', secret)
      for (const [, secret = ''] of value.matchAll(ofSchemes)) take('', secret)
    } else if (typeof value === 'object' && value !== null) for (const [member, of] of Object.entries(value)) look(of, member)
  }
  for (const [name, value] of headers) look(value, name)
  look(jsonOr(text), '')
  return [...found]
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
