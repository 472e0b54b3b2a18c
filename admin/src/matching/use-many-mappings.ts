import { type CreateMappingsBodyMappingsItem, createMappings, fieldErrorsOf, isApiError } from '@crosswalk/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { discoveredKey } from '../queries/integrations.ts'
import { mappingsKey } from '../queries/mappings.ts'
import { organizationsKey } from '../queries/organizations.ts'
import type { Mapped } from './use-mapped.ts'

/** A mapping to be, with the key under which its page knows the line. */
export type Line = { key: string; mapping: CreateMappingsBodyMappingsItem }

/** Why lines were not mapped. `conflicts` has what is in the way, by the keys of the lines. */
export type Refusal = { error: unknown; conflicts: ReadonlyMap<string, string> }

/** What one request maps at the most. */
const maxLines = 500

function refusalOf(error: unknown, part: readonly Line[]): Refusal {
  const given = isApiError(error, 'mappings_in_conflict') && Array.isArray(error.details.conflicts) ? error.details.conflicts : []
  const conflicts = new Map<string, string>()
  for (const { index, message } of given as { index: number; message: string }[]) {
    // The server's own form of this error.
    const line = part[index]
    if (line) conflicts.set(line.key, message)
  }
  for (const [field, messages] of isApiError(error) ? Object.entries(fieldErrorsOf(error)) : []) {
    const line = part[Number(/^mappings\.(\d+)\./.exec(field)?.[1] ?? -1)]
    if (line) conflicts.set(line.key, `${field.split('.').at(-1)} ${messages.join(', ')}`)
  }
  return { error, conflicts }
}

/** Maps many lines, in parts where they are very many: each part whole or not at all, and none after one that was refused. */
export function useManyMappings(name: string, onMapped: (mapped: Mapped) => void) {
  const queries = useQueryClient()
  const [refusal, setRefusal] = useState<Refusal>()
  const refresh = () =>
    Promise.all([discoveredKey(name), mappingsKey, organizationsKey].map((queryKey) => queries.invalidateQueries({ queryKey })))
  const saving = useMutation({
    async mutationFn(lines: readonly Line[]): Promise<{ mapped: Mapped; refusal: Refusal | undefined }> {
      const mapped: Mapped = { orgIds: [], added: 0 }
      for (let from = 0; from < lines.length; from += maxLines) {
        const part = lines.slice(from, from + maxLines)
        try {
          const answer = await createMappings(name, { mappings: part.map(({ mapping }) => mapping) })
          mapped.orgIds.push(...answer.mappings.map(({ org_id }) => org_id))
          mapped.added += answer.organizations_created
        } catch (error) {
          return { mapped, refusal: refusalOf(error, part) }
        }
      }
      return { mapped, refusal: undefined }
    },
    onMutate: () => setRefusal(undefined),
    async onSuccess({ mapped, refusal }) {
      setRefusal(refusal)
      // What is in the way may be proposed no more: its line stays until a person has read why.
      if (mapped.orgIds.length === 0) return
      onMapped(mapped)
      await refresh()
    },
  })
  const forgetRefusal = () => {
    setRefusal(undefined)
    void refresh()
  }
  return { save: saving.mutate, isSaving: saving.isPending, refusal, forgetRefusal }
}
