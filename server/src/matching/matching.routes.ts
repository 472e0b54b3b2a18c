import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { principalFor, requireAllOrganizations } from '../access/reach.ts'
import { listOwner } from '../discovery/list-owner.ts'
import { mappingFields } from '../mappings/mapping-rules.ts'
import { mappingView, mappingViewOf } from '../mappings/mapping-view.ts'
import { domainNames } from '../organizations/domain-name.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import { maxCandidates, reasons } from './comparison.ts'
import { KeptIndexes } from './kept-indexes.ts'
import { type MappingLine, mapLines } from './mapping-lines.ts'
import { listMatches, type Match } from './matching.ts'

const matchView = z
  .object({
    org_id: z.uuid(),
    org_name: z.string(),
    domains: z.array(z.string()),
    candidates: z
      .array(
        z.object({
          external_org_id: z.string(),
          external_org_name: z.string(),
          metadata: z.record(z.string(), z.unknown()),
          reason: z.enum(reasons),
          score: z
            .number()
            .min(0)
            .max(1)
            .describe('1 for a shared id or tenant, 0.9 and more for the same domain or name, less for a similar name.'),
          shared: z
            .string()
            .nullable()
            .describe(
              'What the two have in common: a domain, `tenant <id>` of a Microsoft tenant, or `<integration> <id>`; null for names.',
            ),
        }),
      )
      .describe(`The best first, at most ${maxCandidates}. None of them is held by another organization.`),
    preselected: z
      .string()
      .nullable()
      .describe(
        'The external id of the only candidate with an id in another system or a Microsoft tenant in common, or else with the same name or a domain in common, unless it is that of another unmapped organization, too. Whatever is not sure is null, for a person to choose.',
      ),
  })
  .meta({ id: 'Match' })

function viewOf(match: Match): z.input<typeof matchView> {
  return {
    org_id: match.organizationId,
    org_name: match.organizationName,
    domains: match.domains,
    candidates: match.candidates.map(({ id, name, metadata, reason, score, shared }) => ({
      external_org_id: id,
      external_org_name: name,
      metadata,
      reason,
      score: Math.round(score * 100) / 100,
      shared,
    })),
    preselected: match.preselected,
  }
}

// One form with both ways, and not a union of two: so each wrong field is named.
const line = z
  .strictObject({
    org_id: wireId.optional().describe('An organization that there is: this or `new_organization`.'),
    new_organization: z
      .strictObject({ name: lineOfText(200), domains: domainNames.optional() })
      .optional()
      .describe('An organization that is added and mapped.'),
    external_org_id: mappingFields.external_org_id,
    external_org_name: mappingFields.external_org_name.nullish(),
    mapping_data: mappingFields.mapping_data.nullish(),
  })
  .refine((given) => (given.org_id === undefined) !== (given.new_organization === undefined), 'must have either org_id or new_organization')
const maxLines = 500

function lineOf(given: z.output<typeof line>): MappingLine {
  const { org_id, new_organization, external_org_id, external_org_name, mapping_data } = given
  const added = new_organization && { name: new_organization.name, domains: new_organization.domains ?? [] }
  return {
    organization: added ?? { id: org_id ?? '' }, // there is one of the two
    externalOrgId: external_org_id,
    externalOrgName: external_org_name ?? undefined,
    mappingData: mapping_data ?? undefined,
  }
}

const params = z.object({ name: z.string() })
const afterName = z.tuple([z.string().regex(/^[^\0]*$/), wireId])
const tag = 'Integrations'

/** Which external organizations the unmapped organizations are likely to be, and mapping many of them at once. */
export function matchingRoutes({ db }: { db: Database }): Route[] {
  const indexes = new KeptIndexes(db)
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name/matches',
      operationId: 'listMatches',
      tag,
      summary: 'List the active organizations without a mapping, by name, with the external organizations that are likely to be them',
      description: 'Compares with the organizations that were discovered last, and does not ask the vendor.',
      permission: 'canManageMappings',
      audit: { none: 'reads only' },
      params,
      query: pageQuery.extend({
        search: lineOfText(200).optional().describe("Part of the organization's name or of a domain."),
        org_id: wireId
          .optional()
          .describe(
            'Only this organization, compared with the list that its own credentials see; without it, the list of the global ones.',
          ),
        likely: wireFlag.optional().describe('True lists only organizations with a candidate, false only those without.'),
      }),
      responses: {
        200: z.object({
          matches: z.array(matchView),
          count: z.int(),
          next_cursor: z.string().nullable(),
          discovered_at: z.iso.datetime().nullable().describe('How old the list is; null before the first discovery that succeeded.'),
          stale: z.boolean().describe('True if the list has expired and could not be refreshed.'),
        }),
      },
      errors: ['integration_not_found', 'mapping_not_supported', 'discovery_not_supported', 'organization_not_found'],
      async handler({ params, query, principal: asking }) {
        const principal = principalFor(asking, { integration: params.name })
        const { matches, discoveredAt, isStale } = await listMatches(db, indexes, {
          integrationName: params.name,
          scope: scopeOf(principal),
          owner: listOwner(principal, query.org_id, 'org_id'),
          search: query.search,
          isLikely: query.likely,
          after: query.cursor === undefined ? undefined : parseCursor(query.cursor, afterName),
          limit: query.limit + 1,
        })
        const page = pageOf(matches, query.limit, (last) => [last.sortName, last.organizationId])
        return {
          status: 200,
          body: {
            matches: page.items.map(viewOf),
            count: page.items.length,
            next_cursor: page.nextCursor,
            discovered_at: discoveredAt?.toISOString() ?? null,
            stale: isStale,
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/integrations/:name/mappings',
      operationId: 'createMappings',
      tag,
      summary: 'Map many organizations at once, all of them or none',
      description:
        'A line names an organization, or a new one that is added with its mapping. New ones need the permission for all organizations. Where lines are in the way, the answer names all of them and nothing is changed.',
      permission: 'canManageMappings',
      audit: { action: 'integration_mapping.created' },
      params,
      body: z.strictObject({ mappings: z.array(line).min(1).max(maxLines) }),
      responses: { 201: z.object({ mappings: z.array(mappingView), count: z.int(), organizations_created: z.int() }) },
      errors: ['integration_not_found', 'mapping_not_supported', 'mappings_in_conflict'],
      async handler(request) {
        const { body, params } = request
        const principal = principalFor(request.principal, { integration: params.name })
        if (body.mappings.some((given) => given.new_organization !== undefined)) {
          for (const permission of ['canManageMappings', 'canManageOrganizations'] as const) {
            const sentence = `Adding an organization with its mapping needs the permission ${permission} for all organizations.`
            requireAllOrganizations(principal, sentence, permission)
          }
        }
        const lines = body.mappings.map(lineOf)
        const { mappings, organizationsCreated } = await mapLines(db, actingOf(request), scopeOf(principal), params.name, lines)
        return {
          status: 201,
          body: { mappings: mappings.map(mappingViewOf), count: mappings.length, organizations_created: organizationsCreated },
        }
      },
    }),
  ]
}
