import { listOrganizations, type Organization } from '@crosswalk/client'
import type { Cli } from '../cli.ts'
import { CommandError } from '../failure.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const maxSuggested = 5

export const organizationHelp = "the organization's id or its exact name"

/** Everything whose name or domain contains the text. */
async function search(cli: Cli, text: string): Promise<Organization[]> {
  const found: Organization[] = []
  let cursor: string | undefined
  do {
    const page = await listOrganizations({ search: text, limit: 200, ...(cursor === undefined ? {} : { cursor }) }, await cli.call())
    found.push(...page.organizations)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return found
}

const named = ({ id, name, is_active }: Organization) => `${name}${is_active ? '' : ' (deactivated)'} ${id}`

/**
 * Finds an organization by its id, or by its name as a whole. A part of a name never finds one: it could be the wrong customer.
 *
 * @returns its id
 * @throws CommandError organization_not_found, organization_ambiguous
 */
export async function organizationIdOf(cli: Cli, text: string): Promise<string> {
  if (uuidPattern.test(text)) return text.toLowerCase()
  const found = await search(cli, text)
  const only = onlyNamed(found, text)
  if (only) return only.id
  const suggestion = found.length > 0 ? ` Similar: ${found.slice(0, maxSuggested).map(named).join(', ')}.` : ' See: crosswalk orgs list.'
  throw new CommandError('organization_not_found', `There is no organization named ${text}.${suggestion}`)
}

/** The active organization of that name; undefined where there is none. @throws CommandError organization_ambiguous */
export async function findNamed(cli: Cli, name: string): Promise<Organization | undefined> {
  return onlyNamed(
    (await search(cli, name)).filter(({ is_active }) => is_active),
    name,
  )
}

/** @throws CommandError organization_ambiguous */
function onlyNamed(found: readonly Organization[], text: string): Organization | undefined {
  const exact = found.filter(({ name }) => name === text)
  const alike = exact.length > 0 ? exact : found.filter(({ name }) => name.toLowerCase() === text.toLowerCase())
  const [only] = alike
  if (alike.length > 1)
    throw new CommandError(
      'organization_ambiguous',
      `${alike.length} organizations are named ${text}. Give the id of one: ${alike.slice(0, maxSuggested).map(named).join(', ')}.`,
    )
  return only
}
