import type { Acting } from '../audit/audit.ts'
import { definitionNotFound, holdDefinition, type IntegrationDefinition } from '../definitions/definitions.ts'
import { nameHolders } from '../mappings/holders.ts'
import { createMappings } from '../mappings/mapping-many.ts'
import { requireMappingSupport } from '../mappings/mapping-rules.ts'
import { contentOf, type Mapping, type MappingContent } from '../mappings/mappings.ts'
import { createOrganizationWithin, inactiveOrganization, organizationError } from '../organizations/organizations.ts'
import { type Database, inScope, type Scope, type Transaction } from '../platform/database/database.ts'
import { DomainError, defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { JsonObject } from '../protocol/json.ts'
import { listKnownOrganizationRows } from './matching.queries.ts'

export const matchingError = defineErrors({
  mappings_in_conflict: { status: 409, message: 'Nothing was mapped. See details for the lines that are in the way.' },
})

/** One mapping of many: of an organization that there is, or of one that is added with it. */
export type MappingLine = {
  organization: { id: string } | { name: string; domains: string[] }
  externalOrgId: string
  externalOrgName?: string | undefined
  mappingData?: JsonObject | undefined
}

export type MappedLines = { mappings: Mapping[]; organizationsCreated: number }

/** Why a line cannot be mapped, by its place. */
type Conflicts = Map<number, DomainError>
type ReadyLine = { place: number; organizationId: string; content: MappingContent }

/**
 * Maps all of the lines, and adds the organizations that are new, in one transaction: all of it or nothing.
 *
 * @param scope the organizations that may be mapped. New ones are for the caller to allow, who has all.
 * @throws mappings_in_conflict - `details.conflicts` names every line that is in the way, and why.
 * @throws integration_not_found, mapping_not_supported
 */
export async function mapLines(
  db: Database,
  acting: Acting,
  scope: Scope,
  integrationName: string,
  lines: readonly MappingLine[],
): Promise<MappedLines> {
  const mapped = await inScope(db, scope, async (transaction) => {
    const integration = await holdDefinition(transaction, 'integration', integrationName)
    if (!integration) return undefined
    requireMappingSupport(integration)
    const conflicts: Conflicts = new Map()
    const ready = readyLines(integration, lines, await problemsOfOrganizations(transaction, lines), conflicts)
    const added = await addOrganizations(transaction, acting, lines, ready)
    const { mappings, conflicts: taken } = await createMappings(transaction, acting, integration, ready)
    const named = await nameHolders(transaction, [...taken.values()], mappings)
    for (const [index, at] of [...taken.keys()].entries()) taken.set(at, named[index] as DomainError) // as many as there were
    for (const [at, error] of taken) conflicts.set((ready[at] as ReadyLine).place, error) // it was one of these
    if (conflicts.size > 0) throw inConflict(conflicts, lines.length)
    return { mappings, organizationsCreated: added }
  })
  if (!mapped) throw await definitionNotFound(db, 'integration', integrationName)
  return mapped
}

/** What is wrong with the organizations that the lines name, by their ids. */
async function problemsOfOrganizations(transaction: Transaction, lines: readonly MappingLine[]): Promise<Map<string, DomainError>> {
  const ids = new Set(lines.flatMap(({ organization }) => ('id' in organization ? organization.id : [])))
  const known = new Map((await listKnownOrganizationRows(transaction, [...ids])).map((row) => [row.id, row]))
  const problems = new Map<string, DomainError>()
  for (const id of ids) {
    const row = known.get(id)
    if (!row) problems.set(id, organizationError('organization_not_found', { org_id: id }))
    else if (!row.is_active) problems.set(id, inactiveOrganization({ id, name: row.name }, 'map it'))
  }
  return problems
}

/** The lines that can be written. The others are put down as conflicts. */
function readyLines(
  integration: IntegrationDefinition,
  lines: readonly MappingLine[],
  problems: ReadonlyMap<string, DomainError>,
  conflicts: Conflicts,
): ReadyLine[] {
  return lines.flatMap((line, place): ReadyLine[] => {
    const organizationId = 'id' in line.organization ? line.organization.id : newId()
    const problem = problems.get(organizationId)
    try {
      if (problem) throw problem
      return [{ place, organizationId, content: contentOf(integration, { integrationName: integration.name, ...line }) }]
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      conflicts.set(place, error)
      return []
    }
  })
}

/** @returns how many are new */
async function addOrganizations(
  transaction: Transaction,
  acting: Acting,
  lines: readonly MappingLine[],
  ready: readonly ReadyLine[],
): Promise<number> {
  const added = await Promise.all(
    ready.map(async ({ place, organizationId }) => {
      const organization = lines[place]?.organization
      if (organization === undefined || 'id' in organization) return []
      return [await createOrganizationWithin(transaction, acting, organizationId, { ...organization, tenantId: null })]
    }),
  )
  return added.flat().length
}

function inConflict(conflicts: Conflicts, count: number): DomainError {
  const lines = [...conflicts].sort(([one], [other]) => one - other)
  const are = conflicts.size === 1 ? '1 line is' : `${conflicts.size} lines are`
  return matchingError(
    'mappings_in_conflict',
    { conflicts: lines.map(([index, { code, message }]) => ({ index, error: code, message })) },
    `Nothing was mapped: ${are} in the way, of ${count}. See details.conflicts; leave them out or correct them.`,
  )
}
