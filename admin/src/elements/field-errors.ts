import { fieldErrorsOf, isApiError } from '@crosswalk/client'

/** What the server said of one field of a form. */
export function fieldErrorOf(error: unknown, field: string): string | undefined {
  return isApiError(error) ? fieldErrorsOf(error)[field]?.join('; ') : undefined
}

/** What the server said of the fields inside another, by their paths in it. */
export function fieldErrorsIn(error: unknown, outer: string): Record<string, string[]> {
  if (!isApiError(error)) return {}
  const prefix = `${outer}.`
  const entries = Object.entries(fieldErrorsOf(error)).filter(([field]) => field.startsWith(prefix))
  return Object.fromEntries(entries.map(([field, messages]) => [field.slice(prefix.length), messages]))
}
