import { connectionFailure, isCrosswalkError, type JsonObject, type TestResult, type VendorErrorKind } from '@crosswalk/sdk'

/** What to do about a failure, in the words of one vendor. */
export type Guidance = Partial<Record<VendorErrorKind, string>>

/** What a connection test answers for an error: with the vendor's own guidance where there is one for its kind. */
export function failedTest(error: unknown, guidance: Guidance): TestResult {
  const result = connectionFailure(error)
  const own = isCrosswalkError(error, 'vendor_error') ? guidance[String(error.details.kind) as VendorErrorKind] : undefined
  return own === undefined ? result : { ...result, details: { ...result.details, guidance: own } }
}

/** A connection test that found something wrong that no error says. */
export function refusedTest(message: string, kind: string, guidance: string): TestResult {
  return { success: false, message, details: { error_type: 'MappingError', kind, guidance } }
}

/** A connection test that reached what it is mapped to, with facts of the vendor's own. `startedMs`: of `performance.now()`. */
export function succeededTest(reached: { id: string; name: string | null }, startedMs: number, facts: JsonObject = {}): TestResult {
  const { id, name } = reached
  const connectionTime = `${Math.round(performance.now() - startedMs)}ms`
  return {
    success: true,
    message: `Successfully connected to ${name ?? id}`,
    details: { org_name: name, org_id: id, ...facts, connection_time: connectionTime },
  }
}
