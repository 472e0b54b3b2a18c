import { withoutNames } from '../engine/failures/causes.ts'
import type { MappingRow } from '../mappings/mappings.ts'
import { type Database, empty, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { hasText } from '../platform/database/like.ts'
import { type Among, andAmong, isWithin } from '../platform/database/scope.ts'
import type { JsonObject } from '../protocol/json.ts'

/** What discovery knows of a mapping's external organization. */
export const externalStates = ['present', 'renamed', 'gone', 'unknown'] as const
export type ExternalState = (typeof externalStates)[number]

/** A number that has reached this may be larger: counting on would take long, and nobody acts on the difference. */
export const countedTo = 10_000

/** Why a mapping needs an administrator. */
export const attentions = ['failing_test', 'needs_repair', 'gone', 'renamed', 'never_tested'] as const
export type Attention = (typeof attentions)[number]

export type MappingOfAllRow = MappingRow & {
  organization_name: string
  organization_is_active: boolean
  external_state: ExternalState
  /** What the vendor calls it now, where that changed. */
  renamed_to: string | null
  gone_at: Date | null
}

export type MappingOfAllFilter = {
  /** Where only some of the scope is meant, by integration. */
  among?: Among | undefined
  /** Only those of these, of those in scope. */
  organizationIds: readonly string[] | undefined
  integrationName: string | undefined
  attention: Attention | undefined
  /** Part of the organization's name, or of the external organization's name or id, in any case. */
  search: string | undefined
  /** Only those whose last test failed for it. */
  cause: string | undefined
}

const maxMessage = 1_000
const lastMessage = sql`left(coalesce(m.last_test_result, ''), ${maxMessage})`

// The longest first: the one may be a part of the other. One of a letter or two would take words apart.
const isExternalLonger = sql`length(m.external_org_name) > length(o.name)`
const without = (text: Sql, name: Sql) => sql`case when length(${name}) > 2 then replace(${text}, ${name}, '#') else ${text} end`
const withoutLonger = without(lastMessage, sql`case when ${isExternalLonger} then m.external_org_name else o.name end`)
const withoutNamesAndId = withoutNames(
  without(withoutLonger, sql`m.external_org_id`),
  sql`case when ${isExternalLonger} then o.name else m.external_org_name end`,
)

/** By which failing tests are one: the same message of the same integration, whichever organization it names. Opaque. */
const testCause = sql`md5(concat_ws('|', m.integration_name, ${withoutNamesAndId}))`

const maxCauses = 20
const maxHit = 100

export type TestCauseRow = {
  cause: string
  count: number
  integration_name: string
  /** Of the newest. */
  message: string
  details: JsonObject | null
  newest_at: Date
  /** The newest of them. */
  hit: { mapping_id: string; org_id: string; org_name: string; external_org_name: string }[]
}

/** Failing tests put together by their causes, the most frequent first. */
export function listTestCauseRows(db: Database, scope: Scope): Promise<TestCauseRow[]> {
  return readInScope<TestCauseRow>(
    db,
    scope,
    sql`
    with failing as materialized (
      select m.id, m.organization_id, o.name as org_name, m.external_org_name, m.integration_name, m.last_tested_at, ${lastMessage} as message,
        m.last_test_details as details, ${testCause} as cause
      from organization_mappings as m join organizations as o on o.id = m.organization_id
      where m.is_active ${questions.failing_test.where} ${within(scope)}
      order by m.id limit ${countedTo}
    ), ranked as (
      select failing.*, row_number() over (partition by cause order by last_tested_at desc, id) as place, count(*) over (partition by cause) as total
      from failing
    )
    select cause, max(total)::int as count, max(integration_name) as integration_name, (array_agg(message order by place))[1] as message,
      (array_agg(details order by place))[1] as details, max(last_tested_at) as newest_at,
      jsonb_agg(jsonb_build_object('mapping_id', id, 'org_id', organization_id, 'org_name', org_name, 'external_org_name', external_org_name) order by place) as hit
    from ranked where place <= ${maxHit}
    group by cause order by max(total) desc, cause limit ${maxCauses}`,
  )
}

// The organization's own list and the global one may both know it: what was learned last counts.
const known = sql`
  left join lateral (
    select seen.name, seen.gone_at, seen.previous_names from (
      select * from external_organizations as own
      where own.integration_name = m.integration_name and own.organization_id = m.organization_id and own.external_org_id = m.external_org_id
      union all
      select * from external_organizations as everyones
      where everyones.integration_name = m.integration_name and everyones.organization_id is null and everyones.external_org_id = m.external_org_id
    ) as seen
    order by greatest(seen.last_seen_at, seen.gone_at) desc
    limit 1
  ) as known on true`

// Renamed is one whose mapping bears a name that the vendor used before: a name that a person made up stays theirs.
const externalState = sql`
  case
    when known.name is null then 'unknown'
    when known.gone_at is not null then 'gone'
    when known.name <> m.external_org_name and known.previous_names @> jsonb_build_array(jsonb_build_object('name', m.external_org_name)) then 'renamed'
    else 'present'
  end`

// Few external organizations are gone or were renamed: these are looked at first, and only then their mappings. `offset 0` keeps
// the planner from reading all mappings instead. Just what the indexes hold is named here; the whole question is asked of what is left.
const mappingsOf = (condition: Sql) => sql`
  with candidates as materialized (
    select distinct mapping.id
    from external_organizations as external cross join lateral (
      select id, external_org_name from organization_mappings
      where integration_name = external.integration_name and external_org_id = external.external_org_id and is_active
        and (external.organization_id is null or external.organization_id = organization_id)
      offset 0
    ) as mapping
    where ${condition}
  )`

type Question = { before: Sql; from: Sql; where: Sql }

const everyMapping: Question = { before: empty, from: sql`organization_mappings as m`, where: empty }

const ofCandidates = (condition: Sql, state: ExternalState): Question => ({
  before: mappingsOf(condition),
  from: sql`candidates join organization_mappings as m on m.id = candidates.id`,
  where: sql`and o.is_active and ${externalState} = ${state}`,
})

/** What each kind of attention asks for. A deactivated organization's mappings need none. */
const questions: Record<Attention, Question> = {
  failing_test: { ...everyMapping, where: sql`and o.is_active and not m.last_test_success` },
  needs_repair: { ...everyMapping, where: sql`and o.is_active and m.needs_repair_since is not null` },
  never_tested: { ...everyMapping, where: sql`and o.is_active and m.last_tested_at is null` },
  gone: ofCandidates(sql`external.gone_at is not null`, 'gone'),
  renamed: ofCandidates(sql`external.previous_names <> '[]' and external.name <> mapping.external_org_name`, 'renamed'),
}

const within = (scope: Scope, among?: Among) =>
  sql`and ${isWithin(scope, sql`m.organization_id`)} ${andAmong(among, sql`m.organization_id`, sql`m.integration_name`)}`

function questionOf({ attention }: MappingOfAllFilter): Question {
  return attention === undefined ? everyMapping : questions[attention]
}

/** What a mapping `m` of an organization `o` must fulfil. */
function conditionsOf(scope: Scope, filter: MappingOfAllFilter): Sql {
  const { organizationIds, integrationName, search, cause } = filter
  return sql`m.is_active ${questionOf(filter).where} ${within(scope, filter.among)}
      ${organizationIds === undefined ? empty : sql`and m.organization_id = any(${organizationIds}::uuid[])`}
      ${cause === undefined ? empty : sql`and o.is_active and not m.last_test_success and ${testCause} = ${cause}`}
      ${integrationName === undefined ? empty : sql`and m.integration_name = ${integrationName}`}
      ${search === undefined ? empty : sql`and (m.organization_id in (select id from organizations where ${hasText(sql`name`, search)}) or ${hasText(sql`m.external_org_name`, search)} or ${hasText(sql`m.external_org_id`, search)})`}`
}

/** What is known of external organizations is looked up only where it is asked for. */
function isOfExternal({ attention }: MappingOfAllFilter): boolean {
  return attention === 'gone' || attention === 'renamed'
}

/** Active mappings with what is known of their external organizations, oldest first, by id. */
export function listMappingOfAllRows(
  db: Database,
  scope: Scope,
  filter: MappingOfAllFilter,
  page: { afterId: string | undefined; limit: number },
): Promise<MappingOfAllRow[]> {
  const { before, from } = questionOf(filter)
  return readInScope<MappingOfAllRow>(
    db,
    scope,
    sql`
    ${before}
    select m.*, o.name as organization_name, o.is_active as organization_is_active, ${externalState} as external_state,
      case when ${externalState} = 'renamed' then known.name end as renamed_to, known.gone_at
    from ${from} join organizations as o on o.id = m.organization_id ${known}
    where ${conditionsOf(scope, filter)}
      ${page.afterId === undefined ? empty : sql`and m.id > ${page.afterId}`}
    order by m.id
    limit ${page.limit}`,
  )
}

/** Selects the ids of the active mappings in scope that a filter matches. */
export function matchingMappingIds(scope: Scope, filter: MappingOfAllFilter): Sql {
  const { before, from } = questionOf(filter)
  return sql`
    ${before}
    select m.id from ${from} join organizations as o on o.id = m.organization_id ${isOfExternal(filter) ? known : empty}
    where ${conditionsOf(scope, filter)}`
}

/** How many mappings a filter matches; counting ends at `max`. */
export async function countMatchingMappings(db: Database, scope: Scope, filter: MappingOfAllFilter, max: number): Promise<number> {
  const counted = sql`select count(*)::int as count from (select from (${matchingMappingIds(scope, filter)}) as matching limit ${max}) as counted`
  const [row] = await readInScope<{ count: number }>(db, scope, counted)
  return row?.count ?? 0
}

/**
 * How many mappings need that attention; counting ends at `max`.
 *
 * @param seen its scope is that of the transaction
 */
export async function countMappings(
  transaction: Transaction,
  attention: Attention,
  seen: { scope: Scope; among?: Among },
  max: number,
): Promise<number> {
  const { before, from, where } = questions[attention]
  const isOfExternal = attention === 'gone' || attention === 'renamed'
  const [row] = await transaction.query<{ count: number }>(sql`
    ${before}
    select count(*)::int as count from (
      select from ${from} join organizations as o on o.id = m.organization_id ${isOfExternal ? known : empty}
      where m.is_active ${where} ${within(seen.scope, seen.among)}
      limit ${max}
    ) as counted`)
  return row?.count ?? 0
}
