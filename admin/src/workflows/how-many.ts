import { useQuery } from '@tanstack/react-query'
import { countedOrganizations } from '../parts/counted.ts'
import { type OrganizationChoice, selectionOf, selectionWords } from '../parts/pickers/organization-choice.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { activeOrganizationCount } from '../queries/organization-count.ts'

export type HowMany = {
  /** For a question: 137 organizations, all organizations mapped to HaloPSA. */
  words: string
  /** What is known before it runs. */
  sentence: string
  isOne: boolean
  isNone: boolean
}

/** For how many organizations something would run, as far as that can be known before. */
export function useHowMany(choice: OrganizationChoice): HowMany {
  const { which, integration, ids } = choice
  const all = useQuery({ ...activeOrganizationCount, enabled: which === 'all' }).data
  const integrations = useQuery({ ...integrationsFor(), enabled: which === 'mapped' }).data?.integrations
  if (which === 'one') return { words: '1 organization', sentence: '', isOne: true, isNone: false }
  if (which === 'these') return counted(ids.length)
  if (which === 'all') return all !== undefined ? counted(all) : { ...counted(2), words: 'all organizations', sentence: '' }
  const selection = selectionOf(choice)
  if (which === 'tagged' || which === 'field')
    return {
      words: selection === undefined ? '' : selectionWords(selection),
      sentence: 'How many they are is counted when it starts.',
      isOne: false,
      isNone: false,
    }
  const title = integrations?.find(({ name }) => name === integration)?.display_name ?? integration
  const sentence = 'How many are mapped is counted when it starts.'
  return { words: `all organizations mapped to ${title}`, sentence, isOne: false, isNone: false }
}

function counted(count: number): HowMany {
  const words = countedOrganizations(count)
  const sentence = count === 0 ? 'There is no active organization.' : `It runs for ${words}.`
  return { words, sentence, isOne: count === 1, isNone: count === 0 }
}
