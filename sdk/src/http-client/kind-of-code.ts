import type { VendorErrorKind } from './vendor-error.ts'

const timeouts = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/
/** An answer came, and is not one of HTTP or not as long as it said. */
const brokenAnswers =
  /^(HPE_\w+|HTTPParserError|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RES_EXCEEDED_MAX_SIZE)|Z_\w+|ERR__ERROR_\w+|ZSTD_\w+|ERR_STREAM_PREMATURE_CLOSE)$/
/** The request cannot be sent as it is: a header that is the connection's own, or a length that is not its body's. */
const wrongRequests = /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$/

const kinds = [
  ['timeout', timeouts],
  ['invalid_response', brokenAnswers],
  ['invalid_request', wrongRequests],
] as const satisfies readonly (readonly [VendorErrorKind, RegExp])[]

/** What kind the failure of a call is by the code that Node or undici has for it; undefined where it was not reached, for whatever reason. */
export function kindOfCode(code: string): (typeof kinds)[number][0] | undefined {
  return kinds.find(([, codes]) => codes.test(code))?.[0]
}

/** Some errors of HTTP have a name alone. */
export function codeOfFailure({ code, name }: { code?: unknown; name?: unknown }): string {
  if (typeof code === 'string') return code
  return name === 'HTTPParserError' ? name : ''
}
