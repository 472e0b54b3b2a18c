import { answer, type VendorRoutes } from '@crosswalk/sdk/testing'
import { z } from 'zod'
import { accept } from '../kit/control.ts'
import type { Tenant } from './graph-tenants.ts'

const dayMs = 86_400_000

const change = z.object({
  application: z.enum(['granted', 'unknown', 'without_roles']).optional(),
  delegated: z.enum(['granted', 'not_granted', 'needs_mfa', 'expired']).optional(),
  /** All relationships end then, and none extends itself. */
  relationships_end_in_days: z.number().optional(),
})

/** `PATCH /_control/tenants/:id` `{ application, delegated, relationships_end_in_days }`: what becomes of the consent of a tenant. */
export function tenantControl(find: (id: string) => Tenant | undefined): VendorRoutes {
  return {
    'PATCH /_control/tenants/:id': (request) =>
      accept(change, ({ application, delegated, relationships_end_in_days: days }) => {
        const tenant = find(request.params.id ?? '')
        if (!tenant) return answer(404, { error: 'There is no such tenant.' })
        if (application !== undefined) tenant.application = application
        if (delegated !== undefined) tenant.delegated = delegated
        if (days === undefined) return undefined
        const endDateTime = new Date(Date.now() + days * dayMs)
        for (const relationship of tenant.relationships) Object.assign(relationship, { endDateTime, autoExtends: false })
        return undefined
      })(request),
  }
}
