import { domainToASCII } from 'node:url'
import { z } from 'zod'

const hostName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
// The conversion would stop at these, or take what is before them for a user.
const notInHostName = /[\s/\\:?#@%[\]]/

/**
 * A host name in the one spelling that we keep: lower case, ASCII (RFC 5891), no dot at the end.
 *
 * @returns undefined if it is none by RFC 1123, or is an IP address.
 */
export function normalizeDomain(text: string): string | undefined {
  const name = text.trim().replace(/\.$/, '')
  if (notInHostName.test(name)) return undefined
  const ascii = domainToASCII(name)
  return hostName.test(ascii) ? ascii : undefined
}

const domainName = z
  .string()
  .max(300)
  .transform((text, context) => {
    const domain = normalizeDomain(text)
    if (domain !== undefined) return domain
    context.addIssue({ code: 'custom', message: 'must be a host name such as example.com' })
    return z.NEVER
  })

/** The domains of an organization as a client sends them: at most 100, each kept once, in the order given. */
export const domainNames = z
  .array(domainName)
  .max(100)
  .transform((domains) => [...new Set(domains)])
