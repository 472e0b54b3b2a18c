import { Readable } from 'node:stream'
import { z } from 'zod'
import { forSameRequest } from '../platform/database/causes.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { defineRoute, pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireFlag, wireId, wireWholeNumberOr } from '../platform/http/text.ts'
import { type AuditFilter, listAuditEvents } from './audit.queries.ts'
import { checkAuditChain, hasLink } from './audit-chain.ts'
import { auditCsv } from './audit-csv.ts'
import { auditJsonLines } from './audit-json.ts'
import { auditEventView, viewOf } from './audit-view.ts'
import { type FindOrganizationNames, organizationNamesOf, type SelectOrganizationsNamed } from './organization-names.ts'
import { sinkNames } from './sinks/sink.ts'
import { listSinks } from './sinks/sinks.queries.ts'

const filterFields = {
  org_id: wireId.optional(),
  action: z
    .string()
    .max(100)
    .optional()
    .describe('An action, as `config.set`; or its first word, as `config`, for everything that was done to such things.'),
  actor: z.string().max(200).optional().describe('The id of who acted, or part of the name.'),
  target_type: z.string().max(50).optional().describe('The kind of thing that it was done to, as `integration_mapping`.'),
  target_id: z.string().max(200).optional().describe('The id of the thing that it was done to: the history of one mapping, for instance.'),
  changes_only: wireFlag.optional().describe('Only what changed the thing: no test, run or reading of it.'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Words that must all be there: in the action or its `summary`, in the id, name or integration of the target, or in the name of the organization or of who acted.',
    ),
  since: z.iso.datetime({ offset: true }).optional().describe('Done at this time or later.'),
  until: z.iso.datetime({ offset: true }).optional().describe('Done before this time.'),
}
const listQuery = pageQuery.extend(filterFields)
const exportQuery = z.object({
  ...filterFields,
  format: z.enum(['csv', 'jsonl']).default('csv').describe('`jsonl` is one JSON object a line, oldest first, each with its `sequence`.'),
  after: wireWholeNumberOr(0, 0, Number.MAX_SAFE_INTEGER).describe(
    'Of `jsonl`: only events behind this `sequence`, the last one that you have.',
  ),
})

const chainQuery = z.object({
  cursor: wireWholeNumberOr(0, 0, Number.MAX_SAFE_INTEGER).describe('Where to continue: the `next_cursor` of the answer before.'),
  head: z
    .string()
    .regex(/^\d{1,15}:[0-9a-fA-F]{64}$/, 'must be a sequence and a hash, as 42:0b1c…')
    .optional()
    .describe('A `head` of an earlier answer, as `sequence:hash`: whether the chain still has it.'),
})
const chainView = z
  .object({
    checked: z.int().describe('So many links were looked at.'),
    problems: z.array(
      z.object({
        sequence: z.int(),
        event_id: z.uuid().nullable(),
        problem: z.enum(['link_missing', 'event_missing', 'event_changed']),
      }),
    ),
    next_cursor: z.int().nullable().describe('Null at the end of the chain.'),
    head: z.object({ sequence: z.int(), hash: z.string() }).nullable().describe('The last link. Keep it outside, and give it back later.'),
    has_head: z
      .boolean()
      .nullable()
      .describe('Whether the chain still has the head that you gave. Null where you gave none, or it was deleted for its age.'),
    anchor: z
      .object({ sequence: z.int(), hash: z.string(), forgotten_at: z.iso.datetime() })
      .nullable()
      .describe('The last event that was deleted for its age: the chain begins behind it.'),
    unlinked: z.int().describe('Events of the last seconds, which are not in the chain yet.'),
  })
  .meta({ id: 'AuditChain' })

const sinkView = z
  .object({
    name: z.enum(sinkNames),
    cursor: z.int().describe('The `sequence` of the last event that it has.'),
    behind: z.int().describe('So many events of the chain it does not have yet.'),
    sent_at: z.iso.datetime().nullable(),
    failures: z.int().describe('So often in a row it has failed.'),
    failing_since: z.iso.datetime().nullable(),
    last_error: z.string().nullable(),
  })
  .meta({ id: 'AuditSink' })

function filterOf(query: Omit<z.output<typeof exportQuery>, 'format' | 'after'>): AuditFilter {
  return {
    action: query.action,
    actor: query.actor,
    targetType: query.target_type,
    targetId: query.target_id,
    isChange: query.changes_only === true,
    search: query.search,
    since: query.since,
    until: query.until,
  }
}

/**
 * `GET /api/audit`: who did what, newest first; `GET /api/audit/export`: the same as a file. What was done to no single organization is for
 * those who may see all.
 */
export function auditRoutes<P>({
  scopeFor,
  requireAll,
  ...source
}: {
  db: Database
  /** What a principal may see, of one organization where it is named. Given by the slice that knows, which comes later. */
  scopeFor: (principal: P, organizationId: string | undefined) => Scope
  /** Lets those through who have all organizations. Given as above. @throws forbidden */
  requireAll: (principal: P, sentence: string) => void
  findOrganizationNames: FindOrganizationNames
  selectOrganizationsNamed: SelectOrganizationsNamed
}): Route[] {
  return [
    defineRoute<P, undefined, typeof listQuery>({
      method: 'GET',
      path: '/audit',
      operationId: 'listAuditEvents',
      tag: 'Audit',
      summary: 'List what was done, newest first',
      permission: 'canViewAudit',
      audit: { none: 'reads only' },
      query: listQuery,
      responses: { 200: z.object({ events: z.array(auditEventView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([z.uuid()]))
        const scope = scopeFor(principal, query.org_id)
        const rows = await listAuditEvents(source, scope, filterOf(query), { beforeId, limit: query.limit + 1 })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const names = await organizationNamesOf(
          source.findOrganizationNames,
          scope,
          page.items.map(({ organization_id }) => ({ organizationId: organization_id })),
        )
        const events = page.items.map((row) => viewOf(row, names))
        return { status: 200, body: { events, count: events.length, next_cursor: page.nextCursor } }
      },
    }),
    defineRoute<P, undefined, typeof exportQuery>({
      method: 'GET',
      path: '/audit/export',
      operationId: 'exportAuditEvents',
      tag: 'Audit',
      summary: 'Download what was done, as CSV or JSON lines',
      description:
        'All events that the filters match, in UTC, as UTF-8 text. CSV is newest first, with a line of headings; a cell that a spreadsheet would run as a formula begins with an apostrophe. JSON lines are oldest first; events of the last seconds are not among them yet, and `after` continues where you stopped.',
      permission: 'canViewAudit',
      audit: { none: 'reads only' },
      query: exportQuery,
      responses: { 200: z.string().describe('CSV or JSON lines.') },
      errors: [],
      async handler({ query, principal }) {
        const scope = scopeFor(principal, query.org_id)
        const isCsv = query.format === 'csv'
        const lines = isCsv ? auditCsv(source, scope, filterOf(query)) : auditJsonLines(source, scope, filterOf(query), query.after, viewOf)
        const stream = Readable.from(forSameRequest(lines))
        return {
          reply: (reply) =>
            reply
              .type(isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
              .header('content-disposition', `attachment; filename="crosswalk-audit.${query.format}"`)
              .header('cache-control', 'no-store')
              .send(stream),
        }
      },
    }),
    defineRoute<P>({
      method: 'GET',
      path: '/audit/sinks',
      operationId: 'listAuditSinks',
      tag: 'Audit',
      summary: 'List what the audit is sent on to, and how far that is',
      permission: 'canViewAudit',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ sinks: z.array(sinkView), count: z.int() }) },
      errors: [],
      async handler({ principal }) {
        requireAll(principal, 'All events are sent on. Seeing how far that is needs canViewAudit for all organizations.')
        const sinks = (await listSinks(source.db)).map(({ sent_at, failing_since, ...row }) => ({
          ...row,
          sent_at: sent_at?.toISOString() ?? null,
          failing_since: failing_since?.toISOString() ?? null,
        }))
        return { status: 200, body: { sinks, count: sinks.length } }
      },
    }),
    defineRoute<P, undefined, typeof chainQuery>({
      method: 'GET',
      path: '/audit/chain',
      operationId: 'checkAuditChain',
      tag: 'Audit',
      summary: 'Check that no event is missing or changed',
      description:
        'Events are chained by hashes some moments after they are written. Looks at a part of the chain, so ask again with `next_cursor`. Someone who changes the database can make the chain again as well: keep the `head` outside, and give it back.',
      permission: 'canViewAudit',
      audit: { none: 'reads only' },
      query: chainQuery,
      responses: { 200: chainView },
      errors: [],
      async handler({ query, principal }) {
        requireAll(principal, 'The chain is of the events of all organizations. Checking it needs canViewAudit for all of them.')
        const { checked, problems, next, head, anchor, unlinked } = await checkAuditChain(source.db, query.cursor)
        const [sequence = '', hash = ''] = query.head?.split(':') ?? []
        const hasHead = query.head === undefined ? null : await hasLink(source.db, Number(sequence), hash)
        const anchorView = anchor && { sequence: anchor.sequence, hash: anchor.hash, forgotten_at: anchor.forgottenAt.toISOString() }
        const shown = problems.map(({ eventId, ...problem }) => ({ ...problem, event_id: eventId }))
        return { status: 200, body: { checked, problems: shown, next_cursor: next, head, has_head: hasHead, anchor: anchorView, unlinked } }
      },
    }),
  ]
}
