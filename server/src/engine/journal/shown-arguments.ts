import { isRecord } from '@crosswalk/sdk/definition-checks'
import { type Mask, masked } from '@crosswalk/sdk/masking'
import { storableJson } from '../../protocol/storable.ts'

/** As much of what a client was called with is kept, as JSON text. In characters. */
const maxChars = 4_096

/** Members that hold what nobody else may read, also where it is not among the secrets that were read: a password that was just made. */
const secretMember = /passw|passphrase|secret|token|api[_-]?key|private[_-]?key|credential|authorization|cookie/i

/** What a client was called with, as people see it: JSON text without secrets, cut where it is long; null where there is nothing. */
export function shownArguments(mask: Mask, args: unknown): string | null {
  if (args === undefined) return null
  const text = storableJson(JSON.stringify(withoutSecretMembers(mask.data(args))))
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1).toWellFormed()}…`
}

function withoutSecretMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMembers)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretMember.test(name) ? masked : withoutSecretMembers(member)]),
  )
}
