import type { Integration } from '@crosswalk/client'

/** Which organizations a person chose. What was entered for the other ways to choose is kept, so that switching loses nothing. */
export type OrganizationChoice = { which: 'one' | 'all' | 'mapped' | 'these'; orgId: string; integration: string; ids: string[] }

export const allOrganizations: OrganizationChoice = { which: 'all', orgId: '', integration: '', ids: [] }

/** A choice of many as the API takes it; undefined where it is incomplete. */
export function selectionOf({ which, integration, ids }: OrganizationChoice): string | string[] | undefined {
  if (which === 'all') return 'all'
  if (which === 'mapped') return integration === '' ? undefined : `mapped:${integration}`
  return which === 'these' && ids.length > 0 ? ids : undefined
}

/** The integration of a selection `mapped:<integration>`. */
export function integrationIn(selection: string | string[]): string | undefined {
  return typeof selection === 'string' && selection.startsWith('mapped:') ? selection.slice('mapped:'.length) : undefined
}

export function choiceOf(selection: string | string[]): OrganizationChoice {
  if (Array.isArray(selection)) return { ...allOrganizations, which: 'these', ids: selection }
  const integration = integrationIn(selection)
  return integration === undefined ? allOrganizations : { ...allOrganizations, which: 'mapped', integration }
}

/** What keeps a choice from being used; undefined where nothing does. */
export function whatIsMissing(choice: OrganizationChoice): string | undefined {
  if (choice.which === 'one') return choice.orgId === '' ? 'Choose the organization first.' : undefined
  if (selectionOf(choice) !== undefined) return undefined
  return choice.which === 'mapped' ? 'Choose the integration first.' : 'Choose the organizations first.'
}

/** For whom something runs, as it stands in the middle of a sentence: all organizations, those mapped to HaloPSA, 3 organizations. */
export function selectionWords(
  selection: string | string[],
  integrations: readonly Pick<Integration, 'name' | 'display_name'>[] = [],
): string {
  if (Array.isArray(selection)) return selection.length === 1 ? '1 organization' : `${selection.length.toLocaleString()} organizations`
  const name = integrationIn(selection)
  if (name === undefined) return 'all organizations'
  return `those mapped to ${integrations.find((integration) => integration.name === name)?.display_name ?? name}`
}
