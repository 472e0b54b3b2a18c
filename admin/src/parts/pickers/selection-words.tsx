import { useQuery } from '@tanstack/react-query'
import { integrationsFor } from '../../queries/integrations.ts'
import { integrationIn, selectionWords } from './organization-choice.ts'

/** For whom something runs, in the middle of a sentence, with the names that people know. */
export function useSelectionWords(selection: string | string[]): string {
  const isMapped = integrationIn(selection) !== undefined
  const { data } = useQuery({ ...integrationsFor(), enabled: isMapped })
  return selectionWords(selection, data?.integrations)
}

/** The same, as the beginning of a line. */
export function SelectionWords({ selection }: { selection: string | string[] }) {
  return useSelectionWords(selection).replace(/^./, (first) => first.toUpperCase())
}
