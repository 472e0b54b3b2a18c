import type { Acting } from '../audit/audit.ts'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import type { Transaction } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { MappingContent } from './mapping.ts'
import { mappingError } from './mapping-rules.ts'
import { recordCreated } from './mapping-writing.ts'
import { insertMappingRows, listHolderRows } from './mappings.queries.ts'
import { type Mapping, mappingOf } from './mappings.ts'

export type ManyMapped = {
  /** In the order given, without those that something is in the way of. */
  mappings: Mapping[]
  /** By place in what was given: `mapping_exists` or `external_org_taken`. */
  conflicts: Map<number, DomainError>
}

/**
 * Maps many at once, those that can be. The caller decides what becomes of these where others cannot. Constraints decide races:
 * another transaction that maps one of them meanwhile is waited for, and then in the way.
 *
 * @param transaction in whose scope all of these organizations are, holding the integration's definition. What an organization out of
 *   it holds is taken, as what any other holds.
 */
export async function createMappings(
  transaction: Transaction,
  acting: Acting,
  integration: IntegrationDefinition,
  given: readonly { organizationId: string; content: MappingContent }[],
): Promise<ManyMapped> {
  const drafts = given.map(({ organizationId, content }) => ({ ...content, organizationId, id: newId() }))
  const inserted = await insertMappingRows(transaction, {
    integrationName: integration.name,
    isShared: integration.sharedExternalOrgs,
    by: acting.actor.name,
    rows: drafts,
  })
  await Promise.all(inserted.map((row) => recordCreated(transaction, acting, row)))
  const byId = new Map(inserted.map((row) => [row.id, row]))
  const leftOut = [...drafts.entries()].filter(([, { id }]) => !byId.has(id))
  const holders =
    leftOut.length === 0
      ? []
      : await listHolderRows(transaction, integration.name, [...new Set(leftOut.map(([, { externalOrgId }]) => externalOrgId))])
  return {
    mappings: drafts.flatMap(({ id }) => {
      const row = byId.get(id)
      return row ? [mappingOf(row)] : []
    }),
    conflicts: new Map(
      leftOut.map(([place, { organizationId, externalOrgId }]) => {
        const details = { integration_name: integration.name, external_org_id: externalOrgId }
        const inTheWay = holders.filter((holder) => holder.external_org_id === externalOrgId)
        const own = inTheWay.find((holder) => holder.organization_id === organizationId)
        const isOfThese = inTheWay.some((holder) => byId.has(holder.id))
        if (isOfThese) return [place, mappingError(own ? 'mapping_exists' : 'external_org_taken', details, sentenceOfTwice)]
        return [
          place,
          own ? mappingError('mapping_exists', { ...details, mapping_id: own.id }) : mappingError('external_org_taken', details),
        ]
      }),
    ),
  }
}

const sentenceOfTwice = 'This external organization is there twice. Leave one of the two out.'
