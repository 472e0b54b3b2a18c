import { isPlainData } from '@crosswalk/sdk/step-result'

/** A short mark of a call's arguments, by which a resumed execution finds the record of the same call. Empty where they are not plain data. */
export function fingerprintOf(args: unknown, digest: (text: string) => string): string {
  if (!isPlainData(args)) return ''
  const text = JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
  )
  return digest(text ?? '')
}
