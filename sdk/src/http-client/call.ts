import type { JsonObject } from '../json.ts'
import { statusTextOf } from '../status-texts.ts'

/** Which call it is, for errors: its address is without query, which may carry secrets. */
export type Call = { readonly method: string; readonly url: string }

/** What errors say of an answer. */
export function factsOf({ method, url }: Call, response: Response): JsonObject {
  return { status: response.status, status_text: response.statusText || statusTextOf(response.status), method, url }
}
