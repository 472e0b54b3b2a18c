import { answer, answerText, type VendorAnswer } from '@crosswalk/sdk/testing'
import type { Refusals } from '../kit/vendor.ts'

/** HaloPSA words its errors in five ways; each stands here where it was seen. */
export const haloRefusals: Refusals = {
  credentials: ({ path }) =>
    path === '/auth/token'
      ? answer(400, { error: 'invalid_client', error_description: 'The client credentials are invalid.' })
      : answer(401, { Message: 'Authorization has been denied for this request.' }),
  permission: ({ path }) =>
    path === '/auth/token'
      ? answer(400, { error: 'unauthorized_client' })
      : answer(403, { ClassName: 'System.UnauthorizedAccessException', Message: 'You do not have permission to do this.' }),
  // No Retry-After was seen.
  tooMany: () => answerText(429, 'API calls quota exceeded! maximum admitted 300 per 5m.', { 'content-type': 'text/plain' }),
  failure: (status) => answer(status, { ClassName: 'System.Exception', Message: 'An error has occurred.' }),
}

export function badRequest(message: string): VendorAnswer {
  return answer(400, { ClassName: 'System.ArgumentException', Message: message })
}

export function notFound(what: string): VendorAnswer {
  return answer(404, { resultCode: 'NOT_FOUND', errorMessage: `${what} was not found.` })
}
