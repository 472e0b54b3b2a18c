import { sentenceOf, toPlainJson } from './plain-json.ts'

/**
 * Refuses a result that JSON would change without a word: NaN and an invalid date become null, a promise or a map becomes `{}`, a
 * function vanishes. What knows its own JSON, as a date does, is fine.
 *
 * @throws TypeError with the code `result_not_serializable`, naming where in the result it is.
 */
export function checkResult(owner: string, result: unknown): void {
  const made = toPlainJson(result)
  if ('problem' in made) throw resultNotSerializable(sentenceOf(`The result of the ${owner}`, made.problem))
}

/** A TypeError, as for any value of a kind that does not fit. */
export function resultNotSerializable(message: string): TypeError & { readonly code: 'result_not_serializable' } {
  return Object.assign(new TypeError(message), { code: 'result_not_serializable' as const })
}
