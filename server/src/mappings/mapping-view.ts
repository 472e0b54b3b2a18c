import { z } from 'zod'
import { etagField } from '../platform/preconditions.ts'
import type { Mapping } from './mapping.ts'
import { etagOfMapping } from './mappings.ts'

export const mappingView = z
  .object({
    id: z.uuid(),
    org_id: z.uuid(),
    integration_name: z.string(),
    external_org_id: z.string().describe('As the outside system spells it.'),
    external_org_name: z.string(),
    mapping_data: z.record(z.string(), z.unknown()),
    is_active: z.boolean(),
    created_at: z.iso.datetime(),
    created_by: z.string(),
    updated_at: z.iso.datetime(),
    updated_by: z.string(),
    last_tested_at: z.iso.datetime().nullable(),
    last_test_success: z.boolean().nullable(),
    last_test_result: z.string().nullable().describe("The last test's message."),
    last_not_tested_at: z.iso
      .datetime()
      .nullable()
      .describe('When a test since then was not made, for instance because the vendor asked to wait. Null where the last one was.'),
    last_not_tested_reason: z.string().nullable().describe('Why it was not made. It says nothing about the mapping.'),
    needs_repair_since: z.iso.datetime().nullable().describe('Since when `problems` has something to repair; null where it has not.'),
    health_checked_at: z.iso
      .datetime()
      .nullable()
      .describe('When a workflow last reported the health of this mapping; null where none did.'),
    problems: z
      .array(
        z.object({
          problem: z.string(),
          remedy: z.string().nullable().describe('What to do about it.'),
          repair_url: z.string().nullable().describe('The page where it is repaired.'),
          code: z.string().nullable().describe("The vendor's own code, as `AADSTS65001`."),
          due_at: z.string().nullable().describe('From when on calls fail, where they do not yet.'),
        }),
      )
      .describe('What a workflow reported that a person has to repair.'),
    etag: etagField,
  })
  .meta({ id: 'Mapping' })

export function mappingViewOf(mapping: Mapping): z.input<typeof mappingView> {
  return {
    id: mapping.id,
    org_id: mapping.organizationId,
    integration_name: mapping.integrationName,
    external_org_id: mapping.externalOrgId,
    external_org_name: mapping.externalOrgName,
    mapping_data: mapping.mappingData,
    is_active: mapping.isActive,
    created_at: mapping.createdAt.toISOString(),
    created_by: mapping.createdBy,
    updated_at: mapping.updatedAt.toISOString(),
    updated_by: mapping.updatedBy,
    last_tested_at: mapping.lastTest?.at.toISOString() ?? null,
    last_test_success: mapping.lastTest?.success ?? null,
    last_test_result: mapping.lastTest?.message ?? null,
    last_not_tested_at: mapping.notTested?.at.toISOString() ?? null,
    last_not_tested_reason: mapping.notTested?.reason ?? null,
    needs_repair_since: mapping.health?.needsRepairSince?.toISOString() ?? null,
    health_checked_at: mapping.health?.at.toISOString() ?? null,
    problems: [...(mapping.health?.problems ?? [])],
    etag: etagOfMapping(mapping),
  }
}
