import { executionKinds } from '@crosswalk/client'

/** A kind of execution, as people call it: "Connection test". */
export function kindLabel(kind: string): string {
  const words = kind.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

export const kindOptions = executionKinds.map((kind) => ({ value: kind, label: kindLabel(kind) }))
