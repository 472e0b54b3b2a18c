import { builtin } from './builtins.ts'
import { isPlainData } from './step-result.ts'

/** A short mark of a call's arguments, by which the same call is known again. Empty where they are not plain data. */
export function fingerprintOf(args: unknown): string {
  if (!isPlainData(args)) return ''
  const text = JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
  )
  return builtin('node:crypto')
    .createHash('sha1')
    .update(text ?? '')
    .digest('base64url')
}
