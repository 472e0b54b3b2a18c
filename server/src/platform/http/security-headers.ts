import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

const secureOnlySeconds = 365 * 86_400

const answerPolicy = {
  defaultSrc: ["'none'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/**
 * The headers that every answer has. Helmet knows which; they are the same for every request, so it is asked once and not for each.
 *
 * @param isSecure this process ends TLS itself. A proxy that puts TLS in front says so for its host.
 */
export function securityHeaders(isSecure: boolean): Readonly<Record<string, string>> {
  const setHeaders = helmet({
    strictTransportSecurity: isSecure ? { maxAge: secureOnlySeconds, includeSubDomains: false } : false,
    // An answer of the API is no page. What is one says itself what it may load.
    contentSecurityPolicy: { useDefaults: false, directives: answerPolicy },
  })
  const headers: Record<string, string> = {}
  const collecting = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: (name: string) => void delete headers[name.toLowerCase()],
  }
  // It looks at the request for policies that depend on it, and ours does not.
  setHeaders({} as IncomingMessage, collecting as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error
  })
  return headers
}
