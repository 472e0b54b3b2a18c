import type { OwnSeen } from '../../gateway/messages/own-request.ts'
import type { VendorFailure } from '../vendor-failures.ts'
import type { TokenRequest } from './token-request.ts'

/** One request for a token, for people to see. Nothing that was sent or answered is in it but the status. */
export type TokenExchange = OwnSeen & {
  method: string
  scheme: string
  /** With the port, where it is not the one of the scheme. */
  host: string
  /** Without its query. */
  path: string
  attempt: number
  /** Of the answer; null where none came. */
  status: number | null
  /** What was made of it. The message is of what kept an answer from coming: others may say what the vendor said. */
  failure: { kind: VendorFailure['kind']; message: string | null } | null
  requestBytes: number
}

type Made = { attempt: number; status: number | null; failure: VendorFailure | undefined; seen: OwnSeen }

/** @param withoutSecrets takes those out that the request is made with */
export function tokenExchangeOf(
  { method, url, body }: Pick<TokenRequest, 'method' | 'url' | 'body'>,
  { attempt, status, failure, seen }: Made,
  withoutSecrets: (text: string) => string,
): TokenExchange {
  const { protocol, host, pathname } = new URL(url)
  return {
    ...seen,
    method,
    scheme: protocol.slice(0, -1),
    host,
    path: withoutSecrets(pathname),
    attempt,
    status,
    failure: failure ? { kind: failure.kind, message: status === null ? withoutSecrets(failure.message) : null } : null,
    requestBytes: body === null ? 0 : Buffer.byteLength(body),
  }
}
