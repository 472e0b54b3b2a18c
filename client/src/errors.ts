/**
 * What a call failed of: the server's own error, or `server_unreachable` where there was no answer, `unexpected_answer` where it is none of ours.
 * The message says what happened and what to do, for a person; compare the code.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** Stable, snake_case. */
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  /** Under which the server's log has the request; null where it never got there. */
  readonly requestId: string | null
  constructor(
    failure: { status: number; code: string; message: string; details?: Record<string, unknown>; requestId?: string | null },
    options?: ErrorOptions,
  ) {
    super(failure.message, options)
    this.status = failure.status
    this.code = failure.code
    this.details = failure.details ?? {}
    this.requestId = failure.requestId ?? null
  }
}

/** True if the error is the API's, of the given code where named. */
export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code)
}

/** Field by field what a `validation_failed` says; empty for other errors. */
export function fieldErrorsOf(error: ApiError): Record<string, string[]> {
  if (error.code !== 'validation_failed') return {}
  const fields: Record<string, string[]> = {}
  for (const [field, messages] of Object.entries(error.details)) {
    if (Array.isArray(messages)) fields[field] = messages.filter((message) => typeof message === 'string')
  }
  return fields
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The error that an answer other than 2xx stands for. */
export function errorOfAnswer(status: number, body: unknown, where: string): ApiError {
  if (isRecord(body) && typeof body.error === 'string' && typeof body.message === 'string') {
    return new ApiError({
      status,
      code: body.error,
      message: body.message,
      details: isRecord(body.details) ? body.details : {},
      requestId: typeof body.request_id === 'string' ? body.request_id : null,
    })
  }
  const message = `${where} answered ${status}, and not as Crosswalk does. Check the address, and any proxy in between.`
  return new ApiError({ status, code: 'unexpected_answer', message, details: isRecord(body) ? body : {} })
}

/** The error for a call that got no answer. */
export function errorOfNoAnswer(cause: unknown, where: string): ApiError {
  const reason = reasonOf(cause)
  return new ApiError(
    {
      status: 0,
      code: 'server_unreachable',
      message: `Crosswalk at ${where} does not answer${reason ? ` (${reason})` : ''}. Check that it runs and that the address is right.`,
    },
    { cause },
  )
}

/** The system's code hides one or two causes deep, and in the list of what was tried where a name has several addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error.cause === undefined ? '' : reasonOf(error.cause)
}
