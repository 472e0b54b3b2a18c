import { z } from 'zod'
import type { Principal } from '../../access/principal.ts'
import { reachableOwner } from '../../access/reach.ts'
import { wireId } from '../../platform/http/text.ts'
import type { ConnectionKey } from './connections.queries.ts'

/** Names a connection, before or after somebody has connected it. */
export const whichBody = z.strictObject({
  integration_name: z.string().max(50),
  name: z.string().max(50).describe('As the integration declares it in `static connections`.'),
  org_id: wireId.nullish().describe('The organization, where it is one for each.'),
  mapping_id: wireId.nullish().describe('The mapping, where it is one for each.'),
})

export const startErrors = [
  'integration_not_found',
  'connection_not_declared',
  'organization_not_found',
  'secret_not_found',
  'secret_not_for_host',
] as const

/** @throws organization_not_found, forbidden */
export function keyOf(principal: Principal, body: z.output<typeof whichBody>): ConnectionKey {
  const organizationId = reachableOwner(
    principal,
    body.org_id,
    'A connection for all needs the permission canManageSecrets for all organizations.',
  )
  return { integrationName: body.integration_name, name: body.name, organizationId, mappingId: body.mapping_id ?? null }
}
