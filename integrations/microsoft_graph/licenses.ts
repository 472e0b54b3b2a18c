import { z } from 'zod'
import { subscribedSku } from './answers.ts'
import { userPath } from './people.ts'
import { productName } from './products.ts'
import type { TenantApi } from './tenant-api.ts'

/** A product that the tenant has, and how much of it is used. */
export type License = {
  skuId: string
  skuPartNumber: string
  /** As people know it: `Microsoft 365 Business Premium`. */
  product: string
  total: number
  used: number
  /** Never below 0: a tenant may use more than it has while a subscription runs out. */
  free: number
  /** `Enabled`, `Warning`, `Suspended`, `Deleted`, `LockedOut`. */
  status: string
}

export async function listLicenses(api: TenantApi): Promise<License[]> {
  // Graph has no pages for these, and refuses a size.
  const skus = await api.list('/subscribedSkus', { schema: subscribedSku, size: null })
  return skus
    .filter(({ appliesTo }) => appliesTo !== 'Company')
    .map(({ skuId, skuPartNumber, consumedUnits, prepaidUnits, capabilityStatus }) => {
      // What is in its days of grace can still be assigned.
      const total = (prepaidUnits?.enabled ?? 0) + (prepaidUnits?.warning ?? 0)
      const product = productName(skuPartNumber)
      return {
        skuId,
        skuPartNumber,
        product,
        total,
        used: consumedUnits,
        free: Math.max(0, total - consumedUnits),
        status: capabilityStatus ?? 'Enabled',
      }
    })
    .sort((one, other) => one.product.localeCompare(other.product))
}

/** Gives a user products and takes others away, in one change: all of it or nothing. */
export async function assignLicenses(
  api: TenantApi,
  userId: string,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): Promise<void> {
  const addLicenses = add.map((skuId) => ({ skuId, disabledPlans: [] }))
  await api.post(`${userPath(userId)}/assignLicense`, { addLicenses, removeLicenses: [...remove] }, z.object({ id: z.string().optional() }))
}
