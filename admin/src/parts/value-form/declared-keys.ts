import type { Integration } from '@crosswalk/client'
import { requirementsOf } from './requirements.ts'
import type { ValueKind } from './value-kind.ts'

/** A key that an integration reads. */
export type DeclaredKey = { key: string; label: string; vendor: string; required: boolean }

/** What integrations read of a kind. Several may read the same key. */
export function declaredKeys(integrations: readonly Integration[], kind: ValueKind): DeclaredKey[] {
  return integrations.flatMap((integration) =>
    requirementsOf(integration)
      .filter((need) => need.kind === kind)
      .map(({ key, label, required }) => ({ key, label, vendor: integration.display_name, required })),
  )
}

/** What becomes of integrations that read a value when it is deleted; undefined where none does. */
export function lossOf(readers: readonly DeclaredKey[], isGlobal: boolean): string | undefined {
  const sentences = readers.map(({ vendor, label, required }) => {
    if (isGlobal && required)
      return `It is the ${label} of ${vendor}: ${vendor} cannot be used any more, unless an organization has one of its own.`
    if (isGlobal) return `It is the ${label} of ${vendor}, which works without it, unless an organization has one of its own.`
    if (required)
      return `It is the ${label} of ${vendor}: ${vendor} cannot be used for this organization any more, unless there is a global one.`
    return `It is the ${label} of ${vendor}. The global one applies again, where there is one.`
  })
  return sentences.length === 0 ? undefined : sentences.join(' ')
}
