import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { until } from '../server/testing/until.ts'

/**
 * Waits until what is read has a value. A page draws what it was told a little later than the test looks, so one look is
 * none: counts, values and attributes are read until they are right.
 *
 * @throws AssertionError with what was read last, where it never is.
 */
export async function becomes<T>(read: () => Promise<T> | T, expected: NoInfer<T>, message?: string): Promise<void> {
  let last: unknown
  await until('it is so', async () => {
    last = await read()
    return isDeepStrictEqual(last, expected)
  }).catch(() => (message === undefined ? assert.deepEqual(last, expected) : assert.deepEqual(last, expected, message)))
}
