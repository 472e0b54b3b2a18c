import type { ErrorData, JsonObject } from '@crosswalk/sdk'
import type { DomainError } from '../../platform/errors.ts'
import type { QuotaExceeded } from '../channel/quotas.ts'

/** The failure of an execution whose code was changed so that it does not ask for a recorded step any more. */
export function codeChanged(step: string): ErrorData {
  return {
    type: 'CodeChanged',
    code: 'code_changed',
    message: `The code was changed while the execution ran, and no longer asks for the step '${step}', which was done already. Look at what was done, and start a new execution.`,
    details: { step },
    stack: null,
    cause: null,
  }
}

/** The failure of an execution that said more than it may. */
export function quotaExceeded({ message, quota }: QuotaExceeded): ErrorData {
  return { type: 'QuotaExceeded', code: 'quota_exceeded', message, details: { quota }, stack: null, cause: null }
}

/** Of errors whose class is not called as their code. */
const classNames: Record<string, string> = { validation_failed: 'ValidationError', forbidden: 'PermissionDeniedError' }

/** A domain error as the SDK's data; the type is what the SDK's class of that code is called, or the code. */
export function errorDataOf(error: DomainError): ErrorData {
  const words = error.code.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  const name = words.join('')
  const type = classNames[error.code] ?? (name.endsWith('Error') ? name : `${name}Error`)
  return { type, message: error.message, code: error.code, details: error.details as JsonObject, stack: null, cause: null }
}

/** What the SDK's retry rules look at: name, code, details, cause. */
export function asThrown(error: ErrorData): unknown {
  return {
    name: error.type,
    message: error.message,
    ...(error.code === null ? {} : { code: error.code }),
    details: error.details,
    ...(error.cause === null ? {} : { cause: error.cause }),
  }
}
