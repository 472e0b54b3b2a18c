import type { JsonObject } from '@crosswalk/sdk'
import { answer, type VendorAnswer } from '@crosswalk/sdk/testing'

/** An error as Graph writes it. `innerError` carries the ids that Microsoft's support asks for. */
export function graphError(status: number, code: string, message: string, headers: Record<string, string> = {}): VendorAnswer {
  const requestId = '7d1c6f0a-5b58-4a1e-9d1f-3f0a3f6f2c11'
  const innerError = { date: '2026-11-28T09:00:00', 'request-id': requestId, 'client-request-id': requestId }
  return answer(status, { error: { code, message, innerError } }, { 'request-id': requestId, ...headers })
}

export function noSuchResource(id: string): VendorAnswer {
  return graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

export function badRequest(message: string): VendorAnswer {
  return graphError(400, 'Request_BadRequest', message)
}

/** A query that the directory answers only with `ConsistencyLevel: eventual`, or not at all. */
export function unsupportedQuery(message: string): VendorAnswer {
  return graphError(400, 'Request_UnsupportedQuery', message)
}

export function deniedByRoles(): VendorAnswer {
  return graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}

export function invalidToken(message: string): VendorAnswer {
  return graphError(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': 'Bearer realm="", error="invalid_token"' })
}

/** How Graph names what a list is a list of. */
export function contextOf(origin: string, what: string): string {
  return `${origin}/v1.0/$metadata#${what}`
}

/** One entity, with its context. */
export function entity(origin: string, what: string, value: JsonObject, status = 200): VendorAnswer {
  return answer(status, { '@odata.context': `${contextOf(origin, what)}/$entity`, ...value })
}
