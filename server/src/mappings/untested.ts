import type { Execution } from '../engine/state/executions.ts'

/** Why a connection test was not made. None of it says anything about the mapping. */
export type UntestedReason =
  | 'vendor_busy'
  | 'no_worker'
  | 'still_running'
  | 'cancelled'
  | 'worker_lost'
  | 'internal_error'
  | 'definition_not_found'

/** Codes of the errors that end an execution whose test was not made. */
export const untestedCodes = ['vendor_busy', 'worker_lost', 'internal_error', 'definition_not_found'] as const satisfies UntestedReason[]
/** Statuses by which a vendor asks to wait, where a test gives one as its failure. */
export const busyStatuses = ['429', '503'] as const

/** Why the execution made no test; undefined where it did. */
export function untestedReasonOf({ status, error, result }: Pick<Execution, 'status' | 'error' | 'result'>): UntestedReason | undefined {
  if (status === 'cancelled') return 'cancelled'
  if (status === 'failed') return untestedCodes.find((code) => error?.details.code === code)
  if (status !== 'success') return undefined
  const found = result as { success?: unknown; details?: { status_code?: unknown } | null } | null // as `testConnection` returns it
  const isBusy = found?.success === false && busyStatuses.some((busy) => String(found.details?.status_code) === busy)
  return isBusy ? 'vendor_busy' : undefined
}
