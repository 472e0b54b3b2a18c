import type { FieldValues, FieldValuesPatch, OrganizationField } from '../organizations/organization-field.ts'
import { patchedValues } from '../organizations/organization-fields.ts'
import { canonicalJson } from '../protocol/json.ts'
import type { KnownOrganization } from './imports.queries.ts'
import { problemOf, type RowValues } from './row-values.ts'

/** What there is already, as far as the one who imports may see it. */
export type Known = {
  organizations: readonly KnownOrganization[]
  fields: readonly OrganizationField[]
  /** Who holds an external organization, by integration and by its id. */
  holders: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** Integrations whose external organizations may be held by several. */
  shared: ReadonlySet<string>
  /** Why one that is new cannot be added; undefined where it can. */
  newProblem: string | undefined
  /** The same for a change of one, and for mapping it. */
  changeProblem(organizationId: string): string | undefined
  mappingProblem(organizationId: string | undefined, integration: string): string | undefined
}

export type Outcome = 'new' | 'changed' | 'same' | 'refused'
export type PlannedRow = {
  line: number
  name: string
  outcome: Outcome
  /** Undefined for a new one. */
  organizationId: string | undefined
  /** By the names of the columns' targets. */
  changes: string[]
  problems: string[]
  patch: { name?: string; domains?: string[]; tenantId?: string; tags?: string[]; fields?: FieldValuesPatch }
  mappings: { integrationName: string; externalOrgId: string }[]
}

const maxProblems = 10

const lower = (name: string) => name.normalize('NFC').toLowerCase()

/** What each row will do. Nothing is written here. */
export function planRows(rows: readonly RowValues[], known: Known): PlannedRow[] {
  const byId = new Map(known.organizations.map((organization) => [organization.id, organization]))
  const byName = Map.groupBy(known.organizations, ({ name }) => lower(name))
  const seen = new Map<string, number>()
  return rows.map((row) => {
    const problems = [...row.problems]
    const found = problems.length > 0 ? { organization: undefined } : whose(row, known, byId, byName)
    if ('problem' in found) problems.push(found.problem)
    const before = 'organization' in found ? found.organization : undefined
    const planned = problems.length > 0 ? nothingOf(row) : before ? changesOf(row, before, known) : additionOf(row, known)
    problems.push(...planned.problems)
    for (const key of keysOf(row, before)) {
      const earlier = seen.get(key)
      if (earlier === undefined) seen.set(key, row.line)
      else if (problems.length === 0) problems.push(`It is of the same organization as line ${earlier}. Leave one of the two out.`)
    }
    const isSame = before !== undefined && planned.changes.length === 0
    return {
      ...planned,
      line: row.line,
      name: row.name ?? before?.name ?? '',
      organizationId: before?.id,
      outcome: problems.length > 0 ? 'refused' : isSame ? 'same' : before ? 'changed' : 'new',
      problems: firstOf(problems),
    }
  })
}

/** A row may have a hundred fields, and each of ten thousand rows the same mistakes. */
function firstOf(problems: readonly string[]): string[] {
  if (problems.length <= maxProblems) return [...problems]
  return [...problems.slice(0, maxProblems), `And ${problems.length - maxProblems} more.`]
}

type Found = { organization: KnownOrganization | undefined } | { problem: string }

/** The organization that a row is of: by its id, else by an external id that it holds, else by its whole name. */
function whose(
  row: RowValues,
  known: Known,
  byId: ReadonlyMap<string, KnownOrganization>,
  byName: ReadonlyMap<string, readonly KnownOrganization[]>,
): Found {
  if (row.id !== undefined) {
    const organization = byId.get(row.id)
    return organization ? { organization } : { problem: `There is no organization with the id ${row.id}.` }
  }
  const holders = new Set<string>()
  for (const [integration, externalId] of row.external) {
    const ids = known.holders.get(integration)?.get(externalId) ?? []
    if (ids.length === 1) holders.add(ids[0] as string) // one, as just seen
  }
  if (holders.size > 1) return { problem: 'Its external ids are of different organizations.' }
  const named = row.name === undefined ? [] : (byName.get(lower(row.name)) ?? [])
  const [held] = holders
  if (held !== undefined) {
    if (named.length > 0 && !named.some(({ id }) => id === held))
      return { problem: `Its external id is of ${byId.get(held)?.name ?? 'another organization'}, and its name of another one.` }
    return { organization: byId.get(held) }
  }
  if (named.length > 1) return { problem: `${named.length} organizations have this name. Give the id of the one that is meant.` }
  return { organization: named[0] }
}

/** By what two rows are of the same organization. */
function keysOf(row: RowValues, organization: KnownOrganization | undefined): string[] {
  const external = [...row.external].map(([integration, id]) => `external ${integration} ${id}`)
  if (organization) return [`id ${organization.id}`, ...external]
  return row.name === undefined ? external : [`name ${lower(row.name)}`, ...external]
}

type Planned = Pick<PlannedRow, 'changes' | 'problems' | 'patch' | 'mappings'>
const nothingOf = (_: RowValues): Planned => ({ changes: [], problems: [], patch: {}, mappings: [] })

function additionOf(row: RowValues, known: Known): Planned {
  if (row.name === undefined) return { ...nothingOf(row), problems: ['A new organization needs a name.'] }
  const problems = known.newProblem === undefined ? [] : [known.newProblem]
  const { problems: wrong } = patchedValues(known.fields, {}, row.fields)
  for (const [name, problem] of wrong) problems.push(problemOf(labelOf(known, name), problem))
  const { mappings, problems: inTheWay } = mappingsOf(row, undefined, known)
  const { id: _id, line: _line, external: _external, problems: _problems, ...patch } = row
  const changes = [
    ...Object.keys(patch).flatMap((key) => (key === 'fields' ? [] : [key === 'tenantId' ? 'tenant_id' : key])),
    ...Object.keys(row.fields).map((name) => `field:${name}`),
    ...mappings.map(({ integrationName }) => `external:${integrationName}`),
  ]
  return { changes, problems: [...problems, ...inTheWay], patch, mappings }
}

const labelOf = ({ fields }: Known, name: string) => fields.find((field) => field.name === name)?.label ?? name

function changesOf(row: RowValues, before: KnownOrganization, known: Known): Planned {
  const patch: PlannedRow['patch'] = {}
  const changes: string[] = []
  const change = <Key extends keyof PlannedRow['patch']>(key: Key, called: string, value: PlannedRow['patch'][Key]) => {
    patch[key] = value
    changes.push(called)
  }
  if (row.name !== undefined && row.name !== before.name) change('name', 'name', row.name)
  if (row.domains !== undefined && row.domains.join() !== before.domains.join()) change('domains', 'domains', row.domains)
  if (row.tenantId !== undefined && row.tenantId !== before.tenant_id) change('tenantId', 'tenant_id', row.tenantId)
  // Grants go by tags: a file adds some, and takes none away.
  const added = (row.tags ?? []).filter((tag) => !before.tags.includes(tag))
  if (added.length > 0) change('tags', 'tags', [...before.tags, ...added].sort())
  const problems = fieldChanges(row, before.fields, known, patch, changes)
  const { mappings, problems: inTheWay } = mappingsOf(row, before.id, known)
  if (changes.length > 0) problems.push(...[known.changeProblem(before.id)].filter((problem) => problem !== undefined))
  return {
    changes: [...changes, ...mappings.map(({ integrationName }) => `external:${integrationName}`)],
    problems: [...problems, ...inTheWay],
    patch,
    mappings,
  }
}

function fieldChanges(row: RowValues, before: FieldValues, known: Known, patch: PlannedRow['patch'], changes: string[]): string[] {
  const changed = Object.entries(row.fields).filter(([name, value]) => canonicalJson(value) !== canonicalJson(before[name] ?? null))
  if (changed.length === 0) return []
  patch.fields = Object.fromEntries(changed)
  changes.push(...changed.map(([name]) => `field:${name}`))
  const { problems } = patchedValues(known.fields, before, patch.fields)
  return [...problems].map(([name, problem]) => problemOf(labelOf(known, name), problem))
}

function mappingsOf(row: RowValues, organizationId: string | undefined, known: Known): Pick<Planned, 'mappings' | 'problems'> {
  const mappings: PlannedRow['mappings'] = []
  const problems: string[] = []
  for (const [integrationName, externalOrgId] of row.external) {
    const holders = known.holders.get(integrationName)?.get(externalOrgId) ?? []
    if (organizationId !== undefined && holders.includes(organizationId)) continue
    if (holders.length > 0 && !known.shared.has(integrationName))
      problems.push(`Another organization is mapped to ${externalOrgId} of ${integrationName}.`)
    const problem = known.mappingProblem(organizationId, integrationName)
    if (problem !== undefined) problems.push(problem)
    mappings.push({ integrationName, externalOrgId })
  }
  return { mappings, problems }
}
