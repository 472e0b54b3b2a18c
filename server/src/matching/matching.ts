import { setImmediate } from 'node:timers/promises'
import { findKnownList } from '../discovery/discovery.ts'
import { tellingDomain } from '../discovery/domains-of.ts'
import { requireMappingSupport } from '../mappings/mapping-rules.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { bestCandidates, type Candidate, preselections, similarCandidates, sureCandidates } from './comparison.ts'
import type { Compared } from './external-index.ts'
import type { IndexedList, KeptIndexes } from './kept-indexes.ts'
import {
  type KnownInRow,
  listHeldIds,
  listKnownInRows,
  listRivalRows,
  listUnmappedRows,
  type RivalRow,
  type UnmappedRow,
} from './matching.queries.ts'
import { idReference, type Reference, referencesOf } from './references.ts'

export type ProposedExternalOrganization = Candidate & { name: string; metadata: JsonObject }

/** What is proposed for an organization that is not mapped. */
export type Match = {
  organizationId: string
  organizationName: string
  sortName: string
  domains: string[]
  /** The best first. */
  candidates: ProposedExternalOrganization[]
  /** The one that may be chosen before a person has looked; see `preselections`. */
  preselected: string | null
}

export type MatchFilter = {
  integrationName: string
  /** Of the organizations that may be shown. */
  scope: Scope
  /** Whose list is compared with. */
  owner: ValueOwner
  search: string | undefined
  /** Only those with a candidate, or only those without. */
  isLikely: boolean | undefined
  after: [sortName: string, id: string] | undefined
  limit: number
}

export type Matches = { matches: Match[]; discoveredAt: Date | null; isStale: boolean }

type Organization = { row: UnmappedRow; compared: Compared }

type References = ReadonlyMap<string, readonly Reference[]>

function comparedOf({ id, name, domains }: RivalRow, references: References): Compared {
  return { id, name, domains: domains.flatMap((domain) => tellingDomain(domain) ?? []), references: references.get(id) }
}

/** By the id of the organization. */
function referencesIn(rows: KnownInRow[]): References {
  const found = new Map<string, Reference[]>()
  for (const { organization_id: id, integration_name, external_org_id, tenant_ids, other_ids } of rows) {
    const own = found.get(id) ?? []
    own.push(...idReference(integration_name, external_org_id), ...referencesOf({ tenant_ids, other_ids }))
    found.set(id, own)
  }
  return found
}

/** So many organizations are compared at once before others get their turn: they take about 30 ms. */
const comparedAtOnce = 100

/**
 * The active organizations without a mapping of an integration, by name, each with the external organizations that are likely to be it.
 * Nothing is asked of the vendor: what is compared with is the last good list. Before there is any, nothing has a candidate.
 *
 * @throws integration_not_found, mapping_not_supported, discovery_not_supported, organization_not_found
 */
export async function listMatches(db: Database, indexes: KeptIndexes, filter: MatchFilter): Promise<Matches> {
  const { integrationName, owner, scope } = filter
  const { integration, list } = await findKnownList(db, integrationName, owner)
  requireMappingSupport(integration)
  const [rows, rivals, known, held, indexed] = await Promise.all([
    listUnmappedRows(db, scope, { ...filter, organizationId: owner ?? undefined }),
    listRivalRows(db, scope, integrationName),
    list ? listKnownInRows(db, integrationName) : [],
    integration.sharedExternalOrgs ? [] : listHeldIds(db, integrationName),
    list && indexes.indexed(integrationName, owner, list),
  ])
  const references = referencesIn(known)
  const organizations = rows.map((row): Organization => ({ row, compared: comparedOf(row, references) }))
  const others = rivals.map((row) => comparedOf(row, references))
  return {
    matches: await matchesOf(organizations, others, indexed, new Set(held), filter),
    discoveredAt: list?.cachedAt ?? null,
    isStale: list?.isStale ?? false,
  }
}

/** Stops where the page is full: nobody waits for what is not shown. */
async function matchesOf(
  organizations: Organization[],
  rivals: Compared[],
  list: IndexedList | undefined,
  held: ReadonlySet<string>,
  { isLikely, limit }: Pick<MatchFilter, 'isLikely' | 'limit'>,
): Promise<Match[]> {
  const isFree = (id: string) => !held.has(id)
  const sure = new Map<string, Candidate[]>()
  const everyone = [...organizations.map(({ compared }) => compared), ...rivals]
  if (list) for (const compared of everyone) sure.set(compared.id, sureCandidates(list.index, compared, isFree))
  const chosen = preselections(sure)
  const matches: Match[] = []
  const asked = organizations.filter(({ row }) => row.is_asked)
  for (const [place, { row, compared }] of asked.entries()) {
    if (matches.length === limit) break
    if (place % comparedAtOnce === comparedAtOnce - 1) await setImmediate()
    const own = sure.get(row.id) ?? []
    if (isLikely === false && own.length > 0) continue
    const candidates = list ? bestCandidates([...own, ...similarCandidates(list.index, compared, isFree)]) : []
    if (isLikely !== undefined && isLikely !== candidates.length > 0) continue
    matches.push({
      organizationId: row.id,
      organizationName: row.name,
      sortName: row.sort_name,
      domains: row.domains,
      candidates: candidates.map((candidate) => ({
        ...candidate,
        name: list?.names.get(candidate.id) ?? candidate.id,
        metadata: list?.metadata.get(candidate.id) ?? {},
      })),
      preselected: chosen.get(row.id) ?? null,
    })
  }
  return matches
}
